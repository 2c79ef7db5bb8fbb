/** Why a file is refused; `message` is a message of the catalogue. */
export class RefusedFile extends Error {}
