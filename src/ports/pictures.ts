/** The card that a shared link shows: never the holder's name, since copies of it outlive revocation and erasure. */
export interface ShareCard {
  /** Template whose faces and colours it takes; of one that is not there any more, another's. */
  templateId: string;
  /** BCP 47 language of its texts. */
  language: string;
  kicker: string;
  title: string;
  issuer: string;
  foot: string;
  /** Where it is verified, as people read it. */
  address: string;
}

/** What a badge shows, that a credential is baked into. */
export interface Badge extends Pick<ShareCard, 'templateId' | 'language' | 'title' | 'issuer'> {
  /** Of the issue date, `YYYY`. */
  year: string;
}

/** Width and height of a card in pixels, as previews of links want it. */
export const CARD_SIZE = { width: 1200, height: 630 } as const;

/** More pictures are wanted at once than are kept waiting. */
export class PicturesBusy extends Error {
  override readonly name = 'PicturesBusy';
}

/** PNG pictures for the public pages, made off the event loop and kept for a while. */
export interface Pictures {
  /**
   * First page of a stored diploma; null where `read` finds no bytes. One diploma is read and painted once, however
   * many ask.
   * @param sha256 of the diploma (hex)
   * @throws PicturesBusy
   */
  firstPage(sha256: string, read: () => Promise<Buffer | null>): Promise<Buffer | null>;
  /** Card of a shared link, {@link CARD_SIZE}. @throws PicturesBusy */
  card(card: ShareCard): Promise<Buffer>;
  /** A square badge, nothing baked in yet. @throws PicturesBusy */
  badge(badge: Badge): Promise<Buffer>;
  close(): Promise<void>;
}
