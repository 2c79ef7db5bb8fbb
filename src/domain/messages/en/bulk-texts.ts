/** Acts on many subjects at once, and the retry of one student group. As `REASONS`. */
export const BULK = {
  'unknown.bulk-act': 'There is no bulk act with this id.',
  'unknown.subject': 'There is no student group, certificate or flag with this id or number.',

  'state.no-certificate': 'This student group has no certificate.',
  'state.no-flag': 'This student group has no open flag of the kinds asked for.',
  'state.no-retry': 'The student group is {state}; retry needs one that is held, refused or bounced.',
  'state.no-batch-to-retry': 'No batch contains this student group; start a batch with its id.',
  'state.retry-unknown-outcome':
    'It is not known whether the last letter was sent; ask the mail provider, then record the answer with "resolve".',

  'bulk.wrong-state': 'The bulk act is {state}; {verb} needs a bulk act that is {wanted}.',
  'bulk.waits-for-second-person':
    'The bulk act waits for a second person: another coordinator must confirm it, or somebody cancels it.',
  'bulk.no-confirmation': 'The bulk act does not wait for a second person; nothing is to be confirmed.',
  'bulk.same-person': '{actor} started this bulk act; another person must confirm it, with a token of another name.',
  'bulk.count-differs':
    'The selection now has {count} rows, not {expected}; look at it again with a dry run, then start with "expect": {count}.',
  'bulk.row-failed':
    'The act failed three times by an error in Gramota; an operator finds it in the log by the id of the bulk act.',
  'bulk.key-reused': 'This Idempotency-Key was used for another request; use a new key for a new bulk act.',

  'input.ids-or-filter': 'expected either ids or filter',
  'input.only-of-verb': 'only for the verb {verb}',
  'input.needed-for-verb': 'needed for the verb {verb}',
  'input.most-rows': 'the selection has more than {most} rows; narrow it',
  'input.nothing-changed': 'expected at least one of {known}',

  'line.no-bulk-act': 'there is no bulk act {id}; "gramota bulk list" shows the newest ones',
  'line.bulk-started': 'bulk act {id}: {count} rows',
  'line.bulk-second-person': 'waits for a second person: another coordinator runs "gramota bulk confirm {id}"',
  'line.bulk-more-rows': 'more rows: --after {after}',
} as const;
