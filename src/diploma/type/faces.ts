import { RecentCache } from '../recent-cache.ts';
import { FACE_ROLES, type FaceRole } from '../template/face-roles.ts';
import type { TemplateBundle, TemplateFace } from '../template/template.ts';
import { Typeface } from './typeface.ts';

/** A parsed face, shared by all documents of a thread. */
export interface Face {
  readonly name: string;
  readonly font: Typeface;
}

/** The parsed faces of a template, and the fallback chain of each role. */
export interface FaceBook {
  readonly all: readonly Face[];
  readonly chains: Readonly<Record<FaceRole, readonly Face[]>>;
}

/**
 * Parses one face.
 * @throws Error when the bytes are not a TrueType or OpenType face; collections are refused
 */
export function parseFace(name: string, bytes: Uint8Array): Face {
  return { name, font: new Typeface(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) };
}

/** Cache of this thread by contents; templates of one family share faces. */
const parsed = new RecentCache<Face>(64);

/**
 * Parses a face of a template at its first use; a parsed face copies its file into HarfBuzz's memory.
 * @throws Error as `parseFace`
 */
export function sharedFace({ name, sha256, bytes }: TemplateFace): Face {
  return parsed.keep(sha256, () => parseFace(name, bytes));
}

/** Opens all faces of a template (parsing only unknown ones) and builds the chains by role. */
export function openFaces(bundle: TemplateBundle): FaceBook {
  const faces = new Map(bundle.faces.map((face) => [face.name, sharedFace(face)]));
  const chainOf = (role: FaceRole): Face[] =>
    bundle.definition.faces[role].map((name) => {
      const face = faces.get(name);
      if (face === undefined) throw new Error(`template "${bundle.id}" uses the font ${name}, but does not contain it`);
      return face;
    });
  const chains = Object.fromEntries(FACE_ROLES.map((role) => [role, chainOf(role)])) as Record<FaceRole, Face[]>;
  return { all: [...new Set(faces.values())], chains };
}
