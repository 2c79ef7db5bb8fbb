import { RecentCache } from '../recent-cache.ts';
import { FACE_ROLES, type FaceRole } from '../template/layout-schema.ts';
import type { TemplateBundle, TemplateFace } from '../template/template.ts';
import { Typeface } from './typeface.ts';

/** One parsed face, shared by all documents of a thread. */
export interface Face {
  readonly name: string;
  readonly font: Typeface;
}

/** The parsed faces of a template, as chains in order of fall-back. */
export interface FaceBook {
  readonly all: readonly Face[];
  readonly chains: Readonly<Record<FaceRole, readonly Face[]>>;
}

/**
 * Parses one face.
 * @throws Error when the bytes are no TrueType or OpenType face (a collection is none)
 */
export function parseFace(name: string, bytes: Uint8Array): Face {
  return { name, font: new Typeface(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) };
}

/** Parsed faces of this thread by contents: templates of one family share them. */
const parsed = new RecentCache<Face>(64);

function sharedFace({ name, sha256, bytes }: TemplateFace): Face {
  const known = parsed.get(sha256);
  if (known !== undefined) return known;
  const face = parseFace(name, bytes);
  parsed.set(sha256, face);
  return face;
}

/** Opens every face of a template, parsing what this thread has not parsed yet, and lines them up by role. */
export function openFaces(bundle: TemplateBundle): FaceBook {
  const faces = new Map(bundle.faces.map((face) => [face.name, sharedFace(face)]));
  const chainOf = (role: FaceRole): Face[] =>
    bundle.definition.faces[role].map((name) => {
      const face = faces.get(name);
      if (face === undefined) throw new Error(`template "${bundle.id}" names face ${name} but does not hold it`);
      return face;
    });
  const chains = Object.fromEntries(FACE_ROLES.map((role) => [role, chainOf(role)])) as Record<FaceRole, Face[]>;
  return { all: [...new Set(faces.values())], chains };
}
