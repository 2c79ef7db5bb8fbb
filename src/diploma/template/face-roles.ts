/** Roles of faces. Any fact may be printed in any role, so each chain must have its glyphs. */
export const FACE_ROLES = ['display', 'text', 'label', 'strong'] as const;
export type FaceRole = (typeof FACE_ROLES)[number];
