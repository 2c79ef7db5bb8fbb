/** Boxes of the diploma in points from the top left corner of an A4 landscape page. */

/** The name: width of its lines. A name fits when it stands in this box by the template's `fit.name`. */
export const NAME_WIDTH = 640;
/** Running text of the first page. */
export const TEXT_WIDTH = 620;
/** Top and bottom of the column that reads from issuer to project. */
export const COLUMN = { top: 68, bottom: 442 };
/** The row of signature, date and proof at the foot. */
export const FOOT = { left: 80, right: 762, signatureLine: 486, bottom: 534 };
/** The QR code with its quiet zone; 30 mm, so that a telephone reads it off a framed print. */
export const QR_SIDE = 85;
/** The table of the programme. */
export const TABLE = { left: 96, right: 746, top: 128, bottom: 540 };
