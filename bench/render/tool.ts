/** A tool that draws the diploma with a number. */
export interface Tool {
  name: string;
  /** Draws only every n-th diploma, because slow tools need fewer. */
  every: number;
  draw(number: number): Uint8Array | Promise<Uint8Array>;
}
