/** Which hours are printed: the total, and a column beside the modules. 0 means that no hours were entered. */
export function printedHours({
  programme,
  hoursTotal,
}: {
  programme: readonly { hours: number }[];
  hoursTotal: number;
}): {
  total: boolean;
  column: boolean;
} {
  const total = hoursTotal > 0;
  return { total, column: total || programme.some(({ hours }) => hours > 0) };
}
