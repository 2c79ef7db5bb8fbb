/** What the bearer of a token may do; each role may do all that the former ones may. */
export const ROLES = ['viewer', 'coordinator', 'admin'] as const;
