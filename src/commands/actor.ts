import { userInfo } from 'node:os';

/** Who acts on the command line, as the audit record names them: the account of the host. */
export const actor = (): string => `command line (${userInfo().username})`;
