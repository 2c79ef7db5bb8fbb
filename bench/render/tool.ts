/** One way to draw diploma number `number`. */
export interface Tool {
  name: string;
  /** Draws every so many-th diploma only: slow tools need fewer. */
  every: number;
  draw(number: number): Uint8Array | Promise<Uint8Array>;
}
