const share = (hex: string): string => String(Math.round((Number.parseInt(hex, 16) / 255) * 1000) / 1000);

/** `#17365d` as operands of a PDF colour operator. */
export function colourOperands(colour: string): string {
  return [1, 3, 5].map((at) => share(colour.slice(at, at + 2))).join(' ');
}
