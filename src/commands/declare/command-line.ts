import type { Command, Option } from 'commander';
import type { Config, NEEDED, SettingName } from '../../config.ts';

/** The program and the helper functions with which commands are declared. */
export interface CommandLine {
  program: Command;
  /** One line of output, in the language of `--lang`. */
  say: (line: string) => void;
  /**
   * Runs a command with its settings; with `--embedded` on the embedded database. Each command loads its own code, and
   * the declarations load no library but commander, so that help and small commands start quickly.
   * @param needed the settings that must be there, or the name of such a list
   */
  verb: <A extends unknown[]>(
    needed: keyof typeof NEEDED | readonly SettingName[],
    run: (config: Config, ...args: A) => Promise<void>,
  ) => (...args: A) => Promise<void>;
  /** Like `verb`, for commands that read the settings themselves. */
  withEnvironment: (run: (env: Record<string, string | undefined>) => Promise<void>) => Promise<void>;
}

/** Examples below the help of a verb. */
export function examples(command: Command, ...lines: string[]): Command {
  const title = lines.length === 1 ? 'Example:' : 'Examples:';
  return command.addHelpText('after', `\n${title}\n${lines.map((line) => `  gramota ${line}`).join('\n')}`);
}

/**
 * Options that a command requires. They are checked after the arguments, so that a missing argument is reported first.
 */
export function required(command: Command, ...options: Option[]): Command {
  for (const option of options) {
    option.description += ' (required)';
    command.addOption(option);
  }
  return command.hook('preAction', (_, action) => {
    const missing = options.filter((option) => action.getOptionValue(option.attributeName()) === undefined);
    const names = missing.map(({ flags }) => `'${flags}'`).join(' and ');
    if (missing.length > 0) action.error(`error: missing required option ${names}`);
  });
}
