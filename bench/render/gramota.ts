import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { openTrust } from '../../src/diploma/pdf/trust.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import type { KeyReferences } from '../../src/domain/certificate/credential-facts.ts';
import { benchFacts } from './content.ts';
import type { Tool } from './tool.ts';

/** Gramota's drawing alone, as in a drawing thread: no credential, no seal. */
export function openPlain(bundle: TemplateBundle): Tool {
  const prepared = new PreparedTemplate(bundle);
  return {
    name: 'Gramota plain',
    every: 1,
    draw: (number) => drawDiploma(benchFacts(bundle, number, null), prepared, null),
  };
}

/** The complete diploma: the credential signed in both forms and attached, and the file sealed. */
export function openFullTrust(bundle: TemplateBundle, keysDir: string, keys: KeyReferences): Tool {
  const prepared = new PreparedTemplate(bundle);
  const signer = openKeyFolder(keysDir);
  return {
    name: 'Gramota full trust',
    every: 1,
    async draw(number) {
      const facts = benchFacts(bundle, number, keys);
      return drawDiploma(facts, prepared, await openTrust(facts, signer));
    },
  };
}
