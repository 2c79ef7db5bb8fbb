/** The parameters of a wording: `{name}` in its text. */
export type ParametersOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParametersOf<Rest>
  : never;

/** Each wording of the other language, refused by the compiler unless it names the same parameters. */
type SameParameters<Own extends Record<string, string>, Other extends Record<keyof Own, string>> = {
  [Code in keyof Own]: [ParametersOf<Own[Code]>, ParametersOf<Other[Code]>] extends [
    ParametersOf<Other[Code]>,
    ParametersOf<Own[Code]>,
  ]
    ? string
    : { parameters: ParametersOf<Own[Code]> };
};

/** The same messages in another language: a missing, unknown or differently parametrised wording does not compile. */
export const translationOf =
  <Own extends Record<string, string>>() =>
  <const Other extends Record<keyof Own, string>>(
    wordings: Other & SameParameters<Own, Other> & Record<Exclude<keyof Other, keyof Own>, never>,
  ): Record<keyof Own, string> =>
    wordings;
