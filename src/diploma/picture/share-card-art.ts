/** Size of the card in points; the image has two pixels per point. */
export const CARD = { width: 600, height: 315 } as const;
/** Default colours, for names that the template's palette does not define. */
export const CARD_COLOURS = { primary: '#17365d', accent: '#a8843c', muted: '#566272' } as const;
const SEAL = { x: 486, y: 150, radius: 74 } as const;

const round = (value: number): number => Math.round(value * 100) / 100;

/** One closed wave around a centre, as one path; guilloche consists of such lines. */
function wave(radius: number, height: number, waves: number, phase: number): string {
  const steps = waves * 12;
  const points = Array.from({ length: steps }, (_, step) => {
    const angle = (2 * Math.PI * step) / steps;
    const at = radius + height * Math.cos(waves * angle + phase);
    return `${round(at * Math.cos(angle))} ${round(at * Math.sin(angle))}`;
  });
  return `M${points.join('L')}Z`;
}

/** Several waves around a centre, shifted against each other, as one path. */
export function weave(radius: number, height: number, waves: number, strands: number): string {
  return Array.from({ length: strands }, (_, strand) =>
    wave(radius, height, waves, (2 * Math.PI * strand) / strands),
  ).join('');
}

/** SVG of the card without text: paper, frame, and a seal with a tick. Colours are placeholders in braces. */
export function shareCardArt(): string {
  const { width, height } = CARD;
  const line = (inset: number, stroke: string, pen: number) =>
    `<rect x="${inset}" y="${inset}" width="${width - 2 * inset}" height="${height - 2 * inset}" fill="none" stroke="${stroke}" stroke-width="${pen}"/>`;
  const { x, y, radius } = SEAL;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="#fdfbf6"/>`,
    line(11, '{primary}', 1.6),
    line(15, '{accent}', 0.6),
    `<g transform="translate(${x} ${y})" fill="none" stroke="{accent}" stroke-width="0.45">`,
    `<path d="${weave(radius - 9, 9, 36, 6)}"/>`,
    `<path d="${weave(radius - 28, 7, 24, 6)}" stroke="{primary}" stroke-width="0.4"/>`,
    `<circle r="${radius + 3}" stroke="{primary}" stroke-width="1.1"/>`,
    `<circle r="${radius - 19}"/>`,
    `<circle r="34" fill="{primary}" stroke="none"/>`,
    `<path d="M-15 1L-5 11.5L16 -11" stroke="#ffffff" stroke-width="5.5" stroke-linecap="round" stroke-linejoin="round"/>`,
    '</g></svg>',
  ].join('');
}
