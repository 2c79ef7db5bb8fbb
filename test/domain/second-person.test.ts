import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isSamePerson, needsSecondPerson } from '../../src/domain/second-person.ts';

const programme = (id: string, above: number | null) => ({ id, confirm: above === null ? null : { above } });

describe('a second person', () => {
  it('is needed above the limit of the programme, not at it', () => {
    const sized = (count: number) => needsSecondPerson([{ programme: programme('p', 200), count }]);
    assert.equal(sized(200), null);
    assert.deepEqual(sized(201), { programme: 'p', above: 200, count: 201 });
  });

  it('is needed for all releases of a programme together', () => {
    const sizes = [60, 30, 20].map((count) => ({ programme: programme('p', 100), count }));
    assert.deepEqual(needsSecondPerson(sizes), { programme: 'p', above: 100, count: 110 });
  });

  it('is never needed for a programme without a limit, or a release without a programme', () => {
    const many = fc.nat(1_000_000);
    fc.assert(
      fc.property(fc.array(many), (counts) =>
        assert.equal(
          needsSecondPerson(counts.map((count, n) => ({ programme: n % 2 ? null : programme('p', null), count }))),
          null,
        ),
      ),
    );
  });

  it('is one with another name: tokens of one name, and a user of the command line with this name, are one person', () => {
    const anna = 'Anna Smirnova (1a2b3c4d)';
    for (const same of ['Anna Smirnova (00000000)', 'anna  smirnova (1a2b3c4d)', 'command line (anna smirnova)'])
      assert.ok(isSamePerson(anna, same), same);
    for (const other of ['Anna Smirnov (1a2b3c4d)', 'command line (root)', 'Anna (Smirnova) (1a2b3c4d)'])
      assert.ok(!isSamePerson(anna, other), other);
  });
});
