import type { DiplomaFacts, FurtherFacts } from '../domain/certificate/diploma-facts.ts';
import { findSignatory, type SignatoryFacts } from '../domain/certificate/signatory.ts';
import { programmeFor } from '../domain/criteria/criteria.ts';
import { type PrintedIssuer, printedIn, type Rules } from '../domain/rulebook.ts';
import type { Release, StudentGroup } from '../domain/student-group/student-group.ts';
import type { PrintedFact } from '../ports/printer.ts';

/** The facts of a diploma that issuer.yaml and the programme declare: who signs, and what is printed besides. */
export type DeclaredFacts = Pick<DiplomaFacts, 'signatory' | 'secondSignatory' | 'further'>;

/** Resolves the declarations for a release and a language. A missing fact is no property, so that it changes no hash. */
export function declaredFacts(
  { issuer, criteria }: Pick<Rules, 'issuer' | 'criteria'>,
  release: Release,
  language: string,
): DeclaredFacts {
  const prints = programmeFor(criteria, release.id)?.prints ?? null;
  const signatory = firstSignatory(issuer, release.signatory, language);
  const second = prints?.secondSignatory === undefined ? issuer.secondSignatory : prints.secondSignatory;
  const secondSignatory = second === signatory.id ? null : declaredSignatory(issuer, second, language);
  const texts = { kind: prints?.kind, city: issuer.city, licence: prints?.licence ?? issuer.licence };
  const { startsOn: from, endsOn: to } = release;
  const further: FurtherFacts = {
    ...Object.fromEntries(
      Object.entries(texts).flatMap(([fact, text]) => (text ? [[fact, printedIn(text, language)]] : [])),
    ),
    ...(prints?.period && from && to ? { period: { from, to } } : {}),
  };
  return {
    signatory,
    ...(secondSignatory === null ? {} : { secondSignatory }),
    ...(Object.keys(further).length === 0 ? {} : { further }),
  };
}

/** What lms.yaml names for this teacher alone, as the diploma prints it. */
export function personalFacts({
  printed,
}: Pick<StudentGroup, 'printed'>): Pick<FurtherFacts, 'registrarNumber' | 'school'> {
  const registrarNumber = printed?.registrarNumber?.trim();
  const school = printed?.school?.trim();
  return { ...(registrarNumber ? { registrarNumber } : {}), ...(school ? { school } : {}) };
}

/** The person whom the LMS states, with the name and position that issuer.yaml declares for the language. */
function firstSignatory(
  { signatories }: PrintedIssuer,
  { name, position }: Release['signatory'],
  language: string,
): SignatoryFacts {
  const found = findSignatory(signatories, name);
  if (found === null) return { name, position: printedIn(position, language) };
  const { id, person } = found;
  return { id, name: printedIn(person.name, language), position: printedIn(person.position ?? position, language) };
}

function declaredSignatory({ signatories }: PrintedIssuer, id: string | null, language: string): SignatoryFacts | null {
  const person = id === null ? undefined : signatories[id];
  if (id === null || person === undefined) return null;
  return { id, name: printedIn(person.name, language), position: printedIn(person.position ?? {}, language) };
}

/** The declared texts to measure before the award: where each comes from, the text, and the fact that it is. */
export function declaredTexts({
  signatory,
  secondSignatory,
  further = {},
}: DeclaredFacts): [string, string, PrintedFact][] {
  const by = (id: string | undefined) => (id === undefined ? 'release.signatory' : `issuer.yaml, signatories.${id}`);
  const { kind, city, licence } = further;
  const texts: [string, string | undefined, PrintedFact][] = [
    [`${by(signatory.id)}.name`, signatory.name, 'signatory'],
    [`${by(signatory.id)}.position`, signatory.position, 'position'],
    [`${by(secondSignatory?.id)}.name`, secondSignatory?.name, 'secondSignatory'],
    [`${by(secondSignatory?.id)}.position`, secondSignatory?.position, 'secondPosition'],
    ['criteria.yaml, prints.kind', kind, 'kind'],
    ['issuer.yaml, city', city, 'city'],
    ['issuer.yaml or criteria.yaml, licence', licence, 'licence'],
  ];
  return texts.flatMap(([from, text, as]): [string, string, PrintedFact][] => (text ? [[from, text, as]] : []));
}
