/** Lines that commands print for coordinators. The rules of `REASONS` apply. */
export const LINES = {
  'line.no-batch': 'there is no batch {id}; "gramota batch list" shows the newest ones',
  'line.no-release': '--release: the LMS has no release {release}',
  'line.release-unusable': '--release: {release} cannot be used: {fault}',
  'line.release-never-pulled':
    '--release: Gramota has never read release {release} from the LMS; start a batch for this release first',
  'line.warning': 'warning: {code}: {detail}',
  'line.warning-of': 'warning: release {release}: {code}: {detail}',
  'line.pull': 'reading from the LMS: {state}; pages {pages}, student groups {count}',
  'line.left-out': 'not included: {detail}',
  'line.release-fault': 'the release in the LMS cannot be used: {fault}',
  'line.report-written': '{total} student groups, {numbers} numbers → {file}',
  'line.exported': 'certificates: {certificates} → {file}',
  'line.unwritable': '--out: {file} cannot be written: {code}',
  'line.report': 'release {release}: {total} student groups',
  'line.by-country': 'by country',
  'line.by-template': 'by template',
  'line.unresolved': 'unresolved: {count}',
  'line.row': '{code}  {detail}',
  'line.moved': 'moved: {studentGroup}  {number}  {detail}',
  'line.numbers': 'numbers: {issued} issued, {missing} missing',
  'line.repairs': 'repairs started: {kinds}',
  'line.repairs-more': 'repairs started: {kinds}; there are more: run the command again',
  'line.left-to-person': 'a person must settle: {kinds}',
  'line.no-decision':
    'there is no decision for {of}; give the id of a decision, student group or certificate, a certificate number, or an e-mail address',
  'line.several-decisions': '{of} fits several student groups: {groups}; give the id of one of them',
} as const;
