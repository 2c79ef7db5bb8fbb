import type { Language } from '../../domain/messages/message.ts';
import type { CommandLine } from './command-line.ts';
import { declareCoordinators } from './coordinate.ts';
import { declareApprovals } from './declare-approvals.ts';
import { declareEvents } from './declare-events.ts';
import { declarePeople } from './declare-people.ts';
import { declareTemplates } from './design.ts';
import { declareFinding } from './finding.ts';
import { declareImports } from './import-verbs.ts';
import { declareOperators } from './operate.ts';
import { declareSingleActs } from './single-acts.ts';
import { declareTryOut } from './try-out.ts';

/** Declares every verb, in the order of the help. `fail` prints a line of an error. */
export function declareVerbs(line: CommandLine, language: () => Language, fail: (text: string) => void): void {
  declareOperators(line, fail);
  declareCoordinators(line, language);
  declareSingleActs(line, language);
  declareImports(line, language);
  declareFinding(line, language);
  declareTemplates(line);
  declareApprovals(line);
  declareEvents(line);
  declarePeople(line);
  declareTryOut(line);
}
