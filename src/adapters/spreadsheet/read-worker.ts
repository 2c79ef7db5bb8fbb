import { readFile } from './read-file.ts';

/** The thread's task; see `createSpreadsheets`. */
export const read = readFile;
