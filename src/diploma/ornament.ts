/**
 * Guilloche line work, made by formula as engravers' machines did. Everything here is PDF path operators in the page's
 * own points, with y downwards: constant for a page and palette, so drawn once and used by every diploma.
 */

interface Point {
  x: number;
  y: number;
  /** Slope per unit of the parameter. */
  dx: number;
  dy: number;
}

const n = (value: number): string => String(Math.round(value * 100) / 100);

/** A smooth curve through `count` equal steps of a parameter, by cubic arcs with the curve's own slopes. */
function curve(at: (t: number) => Point, from: number, to: number, count: number): string {
  const step = (to - from) / count;
  let last = at(from);
  const parts = [`${n(last.x)} ${n(last.y)} m`];
  for (let index = 1; index <= count; index += 1) {
    const next = at(from + step * index);
    const k = step / 3;
    parts.push(
      `${n(last.x + last.dx * k)} ${n(last.y + last.dy * k)} ${n(next.x - next.dx * k)} ${n(next.y - next.dy * k)} ${n(next.x)} ${n(next.y)} c`,
    );
    last = next;
  }
  return parts.join('\n');
}

/** A closed rose about the origin: its radius swings between `inner` and `outer`, `petals` times a turn. */
function rose(inner: number, outer: number, petals: number): string {
  const [middle, swing] = [(inner + outer) / 2, (outer - inner) / 2];
  const at = (t: number): Point => {
    const r = middle + swing * Math.sin(petals * t);
    const slope = swing * petals * Math.cos(petals * t);
    const [cos, sin] = [Math.cos(t), Math.sin(t)];
    return { x: r * cos, y: r * sin, dx: slope * cos - r * sin, dy: slope * sin + r * cos };
  };
  return `${curve(at, 0, Math.PI * 2, petals * 5)} h S`;
}

function circle(x: number, y: number, radius: number): string {
  const at = (t: number): Point => {
    const [cos, sin] = [radius * Math.cos(t), radius * Math.sin(t)];
    return { x: x + cos, y: y + sin, dx: -sin, dy: cos };
  };
  return curve(at, 0, Math.PI * 2, 8);
}

/** `#17365d` as operands of a colour operator. */
export function colourOperands(colour: string): string {
  return [1, 3, 5].map((at) => n(Number.parseInt(colour.slice(at, at + 2), 16) / 255)).join(' ');
}

const pen = (colour: string, width: number): string => `${colourOperands(colour)} RG ${n(width)} w`;

const moved = (x: number, y: number, drawing: string): string => `q 1 0 0 1 ${n(x)} ${n(y)} cm\n${drawing}\nQ`;

/**
 * Concentric roses about the origin, each woven of `count` equal lines turned against each other. The lines are
 * written alike and turned by the matrix, so that they deflate to little more than one.
 */
function rosette(radius: number, petals: number, rings: readonly (readonly [number, number])[], count: number): string {
  const angle = (Math.PI * 2) / (petals * count);
  const [cos, sin] = [angle, angle + Math.PI / 2].map((value) => String(Math.round(Math.cos(value) * 1e5) / 1e5)) as [
    string,
    string,
  ];
  const turn = `${cos} ${sin.startsWith('-') ? sin.slice(1) : `-${sin}`} ${sin} ${cos} 0 0 cm`;
  return rings
    .map(([inner, outer]) => {
      const line = rose(radius * inner, radius * outer, petals);
      return `q\n${Array.from({ length: count }, () => line).join(`\n${turn}\n`)}\nQ`;
    })
    .join('\n');
}

export interface Palette {
  primary: string;
  accent: string;
  tint: string;
}

export interface PageSize {
  width: number;
  height: number;
}

/** Distances of the frame's lines from the page's edge, in points. */
const FRAME = { outer: 24, band: 35, swing: 8, inner: 46, corner: 23 };

/** Length in points that one tile of the band has before it is stretched to fill a side without remainder. */
const TILE = 52;

/** One woven band along the x axis, `length` long, its middle at y = 0; made of equal tiles, which deflate to little. */
function band(length: number, palette: Palette): string {
  const tiles = Math.round(length / TILE);
  const wave = (phase: number, turns: number, swing: number): string => {
    const k = (Math.PI * 2 * turns) / TILE;
    const at = (x: number): Point => {
      const angle = k * x + phase;
      return { x, y: swing * Math.sin(angle), dx: 1, dy: swing * k * Math.cos(angle) };
    };
    return curve(at, 0, TILE, 6 * turns);
  };
  const weave = (turns: number, swing: number, count: number): string =>
    Array.from({ length: count }, (_, index) => wave((Math.PI * 2 * index) / count, turns, swing))
      .concat('S')
      .join('\n');
  const tile = [
    pen(palette.accent, 0.3),
    weave(1, FRAME.swing, 8),
    pen(palette.primary, 0.4),
    weave(2, FRAME.swing * 0.62, 4),
  ].join('\n');
  const stretch = Math.round((length / tiles / TILE) * 1e5) / 1e5;
  const step = `\n1 0 0 1 ${TILE} 0 cm\n`;
  return `q ${stretch} 0 0 1 0 0 cm\n${Array.from({ length: tiles }, () => tile).join(step)}\nQ`;
}

function frameLines({ width, height }: PageSize, palette: Palette): string {
  const box = (inset: number): string =>
    `${n(inset)} ${n(inset)} ${n(width - 2 * inset)} ${n(height - 2 * inset)} re S`;
  return [
    pen(palette.primary, 1.1),
    box(FRAME.outer),
    pen(palette.accent, 0.5),
    box(FRAME.outer + 2.4),
    box(FRAME.inner - 2),
    pen(palette.primary, 0.6),
    box(FRAME.inner),
  ].join('\n');
}

function corner(palette: Palette): string {
  const radius = FRAME.corner;
  return [
    `1 1 1 rg ${circle(0, 0, radius)} f`,
    pen(palette.accent, 0.3),
    rosette(
      radius,
      12,
      [
        [0.56, 0.98],
        [0.2, 0.62],
      ],
      4,
    ),
    pen(palette.primary, 0.4),
    rosette(radius, 12, [[0.44, 0.74]], 2),
    pen(palette.primary, 0.9),
    `${circle(0, 0, radius)} S`,
    pen(palette.accent, 0.5),
    `${circle(0, 0, radius - 1.8)} S`,
    `${colourOperands(palette.primary)} rg ${circle(0, 0, radius * 0.1)} f`,
  ].join('\n');
}

/** The woven frame of the first page, with a rosette at each corner, and the pale rosette behind the name. */
export function diplomaOrnament(page: PageSize, palette: Palette): string {
  const { width, height } = page;
  const { band: inset } = FRAME;
  const [long, short] = [band(width - 2 * inset, palette), band(height - 2 * inset, palette)];
  const upright = (x: number, drawing: string): string => `q 0 1 -1 0 ${n(x)} ${n(inset)} cm\n${drawing}\nQ`;
  const ring = corner(palette);
  return [
    'q 1 J 1 j',
    pen(palette.tint, 0.5),
    moved(
      width / 2,
      height / 2 - 6,
      rosette(
        196,
        16,
        [
          [0.7, 1],
          [0.44, 0.76],
          [0.2, 0.5],
        ],
        5,
      ),
    ),
    ...[inset, height - inset].map((y) => moved(inset, y, long)),
    ...[inset, width - inset].map((x) => upright(x, short)),
    frameLines(page, palette),
    ...[inset, width - inset].flatMap((x) => [inset, height - inset].map((y) => moved(x, y, ring))),
    'Q',
  ].join('\n');
}

/** The quiet frame of the pages that follow. */
export function programmeOrnament({ width, height }: PageSize, palette: Palette): string {
  const box = (inset: number): string =>
    `${n(inset)} ${n(inset)} ${n(width - 2 * inset)} ${n(height - 2 * inset)} re S`;
  return ['q', pen(palette.primary, 0.8), box(24), pen(palette.accent, 0.4), box(27), 'Q'].join('\n');
}

/** A rule that thins out from a small rosette at its middle. */
export function divider(x: number, y: number, half: number, palette: Palette): string {
  const arm = (side: number): string =>
    `${n(x + side * 15)} ${n(y)} m ${n(x + side * half)} ${n(y)} l ${n(x + side * 15)} ${n(y + 0.9)} l h ${n(x + side * 15)} ${n(y)} m ${n(x + side * half)} ${n(y)} l ${n(x + side * 15)} ${n(y - 0.9)} l h f`;
  return [
    'q',
    `${colourOperands(palette.accent)} rg`,
    arm(-1),
    arm(1),
    pen(palette.accent, 0.4),
    moved(x, y, rosette(9, 8, [[0.3, 1]], 3)),
    `${circle(x, y, 1.1)} f`,
    'Q',
  ].join('\n');
}
