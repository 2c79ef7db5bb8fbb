import type { View } from './page-view.ts';

const FORM = 'https://www.linkedin.com/profile/add';

/**
 * LinkedIn's "add certification" form, prefilled with course, issuer and verification address, but without the
 * holder's name.
 */
export function linkedInAddress({ facts, record, address, site }: View): string {
  const [year = '', month = ''] = facts.issueDate.split('-');
  const [endYear = '', endMonth = ''] = record.validUntil?.split('-') ?? [];
  const organisation: [string, string] =
    site.organizationId === null ? ['organizationName', facts.issuer.name] : ['organizationId', site.organizationId];
  const fields: [string, string][] = [
    ['startTask', 'CERTIFICATION_NAME'],
    ['name', facts.courseTitle],
    organisation,
    ['issueYear', year],
    ['issueMonth', plainMonth(month)],
    ['expirationYear', endYear],
    ['expirationMonth', plainMonth(endMonth)],
    ['certUrl', address],
    ['certId', record.number],
  ];
  return `${FORM}?${new URLSearchParams(fields.filter(([, value]) => value !== ''))}`;
}

const plainMonth = (month: string): string => month.replace(/^0/, '');
