/** The share card of a link. It never has the holder's name, because copies of it survive revocation and erasure. */
export interface ShareCard {
  /** Template whose faces and colours are used; if it no longer exists, another one is used. */
  templateId: string;
  /** BCP 47 language of its texts. */
  language: string;
  kicker: string;
  title: string;
  issuer: string;
  foot: string;
  /** The verification address as people read it. */
  address: string;
}

/** The contents of a badge, which a credential is baked into. */
export interface Badge extends Pick<ShareCard, 'templateId' | 'language' | 'title' | 'issuer'> {
  /** Year of the issue date, `YYYY`. */
  year: string;
}

/** Width and height of a card in pixels, as link previews require. */
export const CARD_SIZE = { width: 1200, height: 630 } as const;

/** Too many images are drawn or wait, or too many of this client. */
export class PicturesBusy extends Error {
  override readonly name = 'PicturesBusy';
}

/**
 * PNG images for the public pages, made off the event loop and cached. `client` names who asks: a client that asks for
 * many at once is refused before others are.
 */
export interface Pictures {
  /**
   * First page of a stored diploma; null when `read` finds no bytes. Concurrent callers share one rendering.
   * @param sha256 of the diploma (hex)
   * @throws PicturesBusy
   */
  firstPage(sha256: string, read: () => Promise<Buffer | null>, client: string): Promise<Buffer | null>;
  /**
   * Share card of a link, {@link CARD_SIZE}.
   * @throws PicturesBusy
   */
  card(card: ShareCard, client: string): Promise<Buffer>;
  /**
   * A square badge without a baked credential.
   * @throws PicturesBusy
   */
  badge(badge: Badge, client: string): Promise<Buffer>;
  close(): Promise<void>;
}
