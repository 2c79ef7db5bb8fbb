/** Limits by which a spreading stack may stretch or squeeze its gaps. */
export const STRETCH = { least: 0.4, most: 1.6 };
