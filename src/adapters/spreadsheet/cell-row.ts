import type { SheetCell, SheetRow } from '../../domain/import/sheet-cells.ts';

/** A row without the empty cells at its end; null when all cells are empty. */
export function toRow(row: number, cells: (SheetCell | null)[], isHidden: boolean): SheetRow | null {
  const filled = cells.slice(0, cells.findLastIndex((cell) => cell !== null) + 1);
  return filled.length === 0 ? null : { row, cells: filled, isHidden };
}
