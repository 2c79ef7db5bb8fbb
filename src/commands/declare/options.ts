import { InvalidArgumentError } from 'commander';
import { readCountries } from '../../domain/country/country-list.ts';

export function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
    return value;
  };
}

/** Parses a limit; `none` or 0 means no limit. */
export function limit(text: string): number {
  return (text === 'none' ? 0 : whole(0, 1_000_000)(text)) || Number.POSITIVE_INFINITY;
}

/** Parses a file name that must have one of these endings. */
export function fileOf(...endings: string[]) {
  const wanted = new RegExp(`[^/\\\\]\\.(?:${endings.join('|')})$`, 'i');
  return (text: string): string => {
    if (wanted.test(text)) return text;
    throw new InvalidArgumentError(
      `expected a file name that ends in ${endings.map((ending) => `.${ending}`).join(' or ')}`,
    );
  };
}

/** The ending of a file name that `fileOf` has accepted, in lower case. */
export function endingOf<Ending extends string>(file: string): Ending {
  return file.slice(file.lastIndexOf('.') + 1).toLowerCase() as Ending;
}

/** Parses countries as the API does; the option can be repeated. */
export function countries(text: string, before: string[] | undefined): string[] {
  const read = readCountries(text);
  if (!read.ok) throw new InvalidArgumentError(read.detail);
  return [...(before ?? []), ...read.codes];
}

export const several = (text: string, before: string[] | undefined): string[] => [...(before ?? []), text];
