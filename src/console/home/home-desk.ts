import { viewBatch } from '../../coordinate/create-batch.ts';
import { describeSending } from '../../coordinate/sending.ts';
import { html } from '../../platform/http/html.ts';
import { selectBatches } from '../../records/batches/batches.ts';
import { batchTable } from '../batches/batches-desk.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import type { DeskInput } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { form, note, said } from '../frame/parts.ts';
import { fill } from '../frame/words.ts';
import { HOME_WORDS } from './home-words.ts';

/** The first page: what needs a person, and the latest batches. */
export function homePages(ctx: DeskContext): DeskPart {
  return { pages: [{ path: '/console', show: (input) => showHome(ctx, input) }] };
}

async function showHome(ctx: DeskContext, input: DeskInput): Promise<DeskView> {
  const words = HOME_WORDS[input.language];
  const sending = await describeSending(ctx.db);
  const batches = await Promise.all(
    (await selectBatches(ctx.db, 5, null)).map((one) => viewBatch(ctx.db, one, ctx.clock.now())),
  );
  const start = form(input, {
    action: '/console/batches',
    name: 'dry',
    submit: words.dryRun,
    fields: [{ name: 'releaseId', label: words.releaseId, hint: words.dryText, required: true }],
    hidden: { dryRun: 'yes' },
  });
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p>
${sending.state === 'stopped' && note('bad', fill(words.stopped, { detail: said(input, sending.detail) }))}
<div class="split"><div><section class="card"><h2>${words.recent}</h2>${batchTable(input, batches)}<p><a href="${input.base}/console/batches">${words.all}</a></p></section></div><div><section class="card"><h2>${words.release}</h2>${start}</section></div></div>`;
  return { title: words.title, content, menu: 'home' };
}
