import { type Command, InvalidArgumentError } from 'commander';

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

export const several = (text: string, before: string[] | undefined): string[] => [...(before ?? []), text];

/** An option with countries, read as the API does; it can be repeated. */
export function countries(command: Command, flags: string, description: string): Command {
  return command.option(flags, description, several).hook('preAction', async (_, action) => {
    const given = action.getOptionValue('country') as string[] | undefined;
    if (given === undefined) return;
    // The names of all countries are loaded only where they are needed.
    const { readCountries } = await import('../../domain/country/country-list.ts');
    const codes = given.flatMap((text) => {
      const read = readCountries(text);
      if (read.ok) return read.codes;
      return action.error(`error: option '${flags}' argument '${text}' is invalid. ${read.detail}`);
    });
    action.setOptionValue('country', codes);
  });
}
