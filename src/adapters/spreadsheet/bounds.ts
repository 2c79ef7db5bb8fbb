/** Larger files are refused. A registration of 20,000 people with ten columns has about 3 MB. */
export const BOUNDS = {
  /** Bytes of the file. */
  bytes: 10 * 1024 * 1024,
  /** Bytes of all parts of an XLSX file, inflated. */
  inflated: 96 * 1024 * 1024,
  parts: 2000,
  /** Rows that are not empty, of all visible sheets together. */
  rows: 20_000,
  /** Columns up to the last one that is not empty. */
  columns: 100,
  /** Characters of one cell. */
  cell: 2000,
  /** Milliseconds for reading one file. */
  time: 30_000,
  /** Megabytes of the thread's heap. */
  heap: 512,
} as const;
