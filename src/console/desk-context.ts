import type { CoordinateContext } from '../coordinate/api-routes.ts';
import type { ForecastContext } from '../coordinate/forecast.ts';
import type { ImportContext } from '../coordinate/import-routes.ts';
import type { LetterContext } from '../coordinate/letter-routes.ts';
import type { ReissueContext } from '../coordinate/reissue-certificate.ts';
import type { ExportContext } from '../coordinate/release-exports.ts';
import type { StudentGroupContext } from '../coordinate/student-group-routes.ts';
import type { TemplateContext } from '../coordinate/template-routes.ts';
import type { DeskActSpec, DeskFileSpec, DeskPageSpec } from './desk-route.ts';
import type { OpenIdSettings } from './session/openid.ts';

/** What the pages of the console need: the same as the API, because they act by the same functions. */
export interface DeskContext
  extends Omit<CoordinateContext, 'rulebook'>,
    StudentGroupContext,
    LetterContext,
    TemplateContext,
    ExportContext,
    ForecastContext,
    ReissueContext,
    ImportContext {
  /** Absolute address of the product, without a slash at its end. */
  publicUrl: string;
  /** IANA name of the zone in which the console shows times. */
  zone: string;
  /** The sign-in by OpenID Connect; null: people sign in with tokens alone. */
  openId: Omit<OpenIdSettings, 'callback'> | null;
}

/** The pages and acts of one part of the console. */
export interface DeskPart {
  pages: DeskPageSpec[];
  acts?: DeskActSpec[];
  files?: DeskFileSpec[];
}
