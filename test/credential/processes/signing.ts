import { hasCredential } from '../../../src/credential/build-credential.ts';
import { openKeyFolder } from '../../../src/credential/keys/key-folder.ts';
import { signCredential } from '../../../src/credential/sign-credential.ts';
import { DiplomaFacts } from '../../../src/domain/certificate/diploma-facts.ts';

const [, , json = '', dir = ''] = process.argv;
const facts = DiplomaFacts.parse(JSON.parse(json));
if (!hasCredential(facts)) throw new Error('facts without a credential');
process.stdout.write(JSON.stringify(await signCredential(facts, openKeyFolder(dir))));
