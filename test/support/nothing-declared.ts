/** Fields of `issuer.yaml` about diplomas, for a school that declares none of them. */
export const NOTHING_DECLARED = {
  signatories: {},
  secondSignatory: null,
  city: null,
  licence: null,
  pictures: { logo: null, seal: null },
};

/** All optional fields of `issuer.yaml`, for a school that states none of them. */
export const NOTHING_STATED = {
  ...NOTHING_DECLARED,
  contact: null,
  linkedIn: null,
  keys: { credential: null, jwt: null, seal: null },
  approvals: 'optional' as const,
};
