import { z } from 'zod';
import { FACE_ROLES } from './face-roles.ts';

const Points = z.number().min(0).max(1200);
const TypeSize = z.number().min(5).max(120);
const Name = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'must be a name of letters and digits, like "courseTitle"');
const SvgFile = z.string().regex(/^[a-z0-9][A-Za-z0-9._-]*\.svg$/, 'must be the name of an .svg file in this folder');
const ImageFile = z
  .string()
  .regex(/^[a-z0-9][A-Za-z0-9._-]*\.(png|jpg|jpeg)$/, 'must be the name of a .png or .jpg file in this folder');

/** How to fit a text: from `max` points down to `floor`, in at most `lines` lines. */
export const FitRule = z
  .strictObject({
    max: TypeSize,
    floor: TypeSize,
    lines: z.int().min(1).max(6),
    /** Maximum size of a text on several lines; default is `max`. */
    wrapped: TypeSize.optional(),
  })
  .refine((rule) => rule.floor <= rule.max, {
    message: 'floor is larger than max: exchange the two values',
    path: ['floor'],
  });
export type FitRule = z.infer<typeof FitRule>;

/**
 * Text style. A plain `size` means one line that may shrink to 70 %. `fit`: `text` wraps, and shrinks below its floor
 * before it loses a word; `name` is never broken inside a word and is measured before award; `optional` is omitted
 * when it does not fit at its floor.
 */
export const TextStyle = z.strictObject({
  face: z.enum(FACE_ROLES),
  size: z.union([TypeSize, FitRule], { error: 'must be points, or { max, floor, lines }' }),
  colour: Name,
  spacing: z.number().min(-1).max(20).default(0),
  fit: z.enum(['text', 'name', 'optional']).default('text'),
  /** Another face for a text that comes out smaller than `below` points: hairlines of a display face get lost. */
  small: z.strictObject({ face: z.enum(FACE_ROLES), below: TypeSize }).optional(),
  /** The first baseline stays where it is when the text shrinks, so that texts of neighbouring stacks line up. */
  steady: z.boolean().optional(),
  /** Several lines get about the same length. */
  balanced: z.boolean().optional(),
});
export type TextStyle = z.infer<typeof TextStyle>;

const PART_KINDS = ['text', 'image', 'art', 'rule'] as const;
const SLOTS = ['logo', 'seal', 'signature', 'secondSignature'] as const;
/** A picture of the school that issuer.yaml declares; the signature is that of the person who signs this diploma. */
export type PictureSlot = (typeof SLOTS)[number];

const FIELDS = { text: ['style', 'tag', 'lang', 'link'], image: ['height'], art: ['width'], rule: ['colour'] } as const;

/** One part of a stack: a text, an image, line art, or a rule as wide as the stack. */
export const Part = z
  .strictObject({
    gap: Points.default(0),
    /** The part is drawn only where the diploma has this fact, or only where it lacks it. */
    when: Name.optional(),
    unless: Name.optional(),
    text: Name.optional(),
    style: Name.optional(),
    tag: z.enum(['P', 'H1', 'H2']).optional(),
    /** `script`: "und" with the script of the text, for names whose language nobody knows. */
    lang: z
      .string()
      .regex(/^(script|[a-z]{2,3}(-[A-Za-z0-9]+)*)$/, 'must be a BCP 47 tag, or "script"')
      .optional(),
    link: z.enum(['lookup', 'project']).optional(),
    image: Name.optional(),
    height: Points.optional(),
    art: SvgFile.optional(),
    width: Points.optional(),
    rule: z.number().min(0.1).max(10).optional(),
    colour: Name.optional(),
  })
  .superRefine((part, context) => {
    const kinds = PART_KINDS.filter((kind) => part[kind] !== undefined);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      context.addIssue({
        code: 'custom',
        message: `expected exactly one of ${PART_KINDS.join(', ')}: write one of them`,
      });
      return;
    }
    for (const [owner, fields] of Object.entries(FIELDS)) {
      for (const field of fields.filter((one) => owner !== kind && part[one] !== undefined)) {
        context.addIssue({
          code: 'custom',
          path: [field],
          message: `cannot be used together with "${kind}": remove it`,
        });
      }
    }
    const needed = { text: 'style', image: 'height', art: 'width', rule: 'colour' } as const;
    if (part[needed[kind]] === undefined) {
      context.addIssue({ code: 'custom', message: `a part with "${kind}" needs "${needed[kind]}": add it` });
    }
  });
export type Part = z.infer<typeof Part>;

/** Parts one below the other in a box; points from the top left corner of the page. */
export const Stack = z.strictObject({
  x: Points,
  top: Points,
  width: Points.min(20),
  bottom: Points,
  align: z.enum(['left', 'centre', 'right']).default('centre'),
  /** Vertical alignment in the box; `spread` stretches or squeezes the gaps to fill it. */
  stand: z.enum(['top', 'bottom', 'spread']).default('top'),
  /** The stack is drawn only where the diploma has this fact, or only where it lacks it. */
  when: Name.optional(),
  unless: Name.optional(),
  parts: z.array(Part).min(1),
});
export type Stack = z.infer<typeof Stack>;

export const Image = z
  .strictObject({
    /** File of the image; null: parts that show this image are omitted. */
    file: ImageFile.nullable().default(null),
    /** The picture comes from issuer.yaml; where it declares none, parts that show this image are omitted. */
    from: z
      .enum(SLOTS, `expected one of ${SLOTS.join(', ')}`)
      .nullable()
      .optional(),
    /** Key of the alternative text for screen readers; null for an ornament. */
    alt: Name.nullable(),
  })
  .refine(({ file, from }) => file === null || from == null, {
    path: ['from'],
    message: 'cannot be used together with "file": remove one of them, or write "from: null" where the family has it',
  });

/** A QR code with its quiet zone; `alt` is the key of a text. */
const qrPlace = (least: number) => z.strictObject({ x: Points, top: Points, side: Points.min(least), alt: Name });

export type QrPlace = z.infer<ReturnType<typeof qrPlace>>;

export const FirstPage = z.strictObject({
  art: z.array(SvgFile),
  /** Distance of the frame's inner edge; only line art may be nearer to the page's edge. */
  margin: Points,
  stacks: z.array(Stack).min(1),
  /** A code of 30 mm or more can be scanned from a framed print; the quiet zone is included. */
  qr: qrPlace(56),
});

const RowStyle = z.strictObject({ face: z.enum(FACE_ROLES), colour: Name, scale: z.number().min(0.5).max(2) });
const RuleStyle = z.strictObject({ colour: Name, width: z.number().min(0.1).max(5) });

export const FollowingPages = z.strictObject({
  art: z.array(SvgFile),
  margin: Points,
  /** Above the programme; a diploma without a programme does not show it. */
  head: Stack.optional(),
  /** The second page, with or without a programme: what lets it stand alone. */
  stacks: z.array(Stack).optional(),
  /** The code on the second page; 15 mm can be read from paper in the hand. */
  qr: qrPlace(42).optional(),
  /** The last page, below the table and the project. */
  closing: z.array(Stack).optional(),
  table: z.strictObject({
    x: Points,
    top: Points,
    /** Top on the third and further pages, which have no stacks above the table. */
    continuedTop: Points.optional(),
    /** On the second page the table moves up to so many points below the stacks and the code, where they leave room. */
    rise: Points.optional(),
    /** Type size and padding where the table goes on to further pages; without it the second of `densities`. */
    flow: z.strictObject({ size: TypeSize, padding: Points }).optional(),
    width: Points.min(100),
    bottom: Points,
    hoursWidth: Points.min(20),
    gutter: Points,
    /** Type sizes and paddings to try, from roomy to tight, until the table fits on one page. */
    densities: z.array(z.strictObject({ size: TypeSize, padding: Points })).min(1),
    rows: z.strictObject({ head: RowStyle, module: RowStyle, total: RowStyle }),
    rules: z.strictObject({ strong: RuleStyle, fine: RuleStyle }),
  }),
  project: z.strictObject({ gap: Points, parts: z.array(Part).min(1) }),
  footer: Stack,
});
