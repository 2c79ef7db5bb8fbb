/** A file that the public pages load. */
export interface LookFile {
  /** Changes with the contents. */
  name: string;
  /** Media type. */
  type: string;
  read(): Promise<Buffer>;
}

/** A face of the diplomas for the letters of one script. */
export interface LookFace extends LookFile {
  /** Unicode ranges as CSS writes them: `U+20-7E,U+A0`. */
  range: string;
  /** A letter that only this script has. */
  sample: RegExp;
}

export interface LookLogo extends LookFile {
  width: number;
  height: number;
}

/** How the public pages look like the diplomas: their display face, one file per script, and the school's logo. */
export interface PageLook {
  faces: readonly LookFace[];
  logo: LookLogo | null;
}
