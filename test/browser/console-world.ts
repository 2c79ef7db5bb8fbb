import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Express } from 'express';
import type { BrowserContext, Page } from 'playwright-core';
import { createToken, revokeTokenByName } from '../../src/coordinate/token-verbs.ts';
import { startWorld, until, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';
import { BY_POINTER } from './hands.ts';

export interface ConsoleWorld {
  world: World;
  url: string;
  app: Express;
  /** A fictional teacher in the LMS who meets all criteria, except for what `changes` say. */
  teacher(fullName: string, changes?: Record<string, unknown>): Promise<string>;
  /** Lets a batch judge these student groups and waits until each is in one of the states. */
  judged(ids: string[], ...states: string[]): Promise<void>;
  token(name: string): Promise<string>;
  revoke(name: string): Promise<void>;
  close(): Promise<void>;
}

/** The whole product on the sandboxes, with its console on loopback. The sample release has only `teacher`s. */
export async function openConsoleWorld(
  templates: Record<string, (text: string) => string> = {},
  settings: Record<string, string> = {},
): Promise<ConsoleWorld> {
  const world = await startWorld({ size: 1, templates, settings });
  const served = await serveWorld(world);
  await world.run();
  const sample = await sampleOf(world);
  const tokens = { ...world.base, random: randomBytes, actor: 'test' };
  let count = 0;
  return {
    world,
    url: served.url,
    app: served.app,
    async teacher(fullName, changes = {}) {
      count += 1;
      const id = `sg_t${count}`;
      const student = {
        ...(sample['student'] as object),
        id: `st_t${count}`,
        fullName,
        latinName: null,
        email: `teacher.t${count}@kz.example`,
        ...((changes['student'] as object) ?? {}),
      };
      await world.lms.control('student-groups?quiet=1', { ...sample, ...changes, id, student });
      return id;
    },
    async judged(ids, ...states) {
      await world.batch({ ids });
      for (const id of ids)
        await until(`${id} to be judged`, () => world.base.db('student_group').where({ id }).first('id'));
      for (const id of ids) await world.reaches(id, ...states);
    },
    token: async (name) => (await createToken(tokens, { name, role: 'coordinator' })).token,
    async revoke(name) {
      await revokeTokenByName(tokens, name);
    },
    async close() {
      await served.close();
      await world.close();
    },
  };
}

/** A record of the sandbox whose teacher meets all criteria. */
async function sampleOf(world: World): Promise<Record<string, unknown>> {
  const [ready = ''] = await world.ready();
  const response = await fetch(`${world.lms.url}/student-groups/${ready}`, {
    headers: { authorization: 'Bearer sandbox-lms-token' },
  });
  assert.equal(response.status, 200);
  return (await response.json()) as Record<string, unknown>;
}

/** A person at the browser who counts what she does: each click, and each field that she fills in. */
export interface Coordinator {
  page: Page;
  actions(): number;
  click(role: 'button' | 'link', name: string | RegExp): Promise<void>;
  /** Opens a folded form. */
  open(summary: string | RegExp): Promise<void>;
  fill(label: string | RegExp, value: string): Promise<void>;
  choose(label: string | RegExp, option: string): Promise<void>;
  tick(label: string | RegExp): Promise<void>;
  text(): Promise<string>;
  /** Looks until the page says this; without JavaScript it is loaded again, as its link would do. */
  sees(text: RegExp): Promise<void>;
}

/** Signs in; the actions are counted from there. */
export async function coordinatorAt(
  context: BrowserContext,
  url: string,
  token: string,
  hands = BY_POINTER,
): Promise<Coordinator> {
  const page = await context.newPage();
  await page.goto(`${url}/console`);
  await hands.type(page.getByLabel(/Access token|Токен/), token);
  await hands.press(page.getByRole('button', { name: /^(Sign in|Войти)$/ }));
  await page.getByRole('navigation').first().waitFor();
  let actions = 0;
  const act = async (step: () => Promise<unknown>): Promise<void> => {
    actions += 1;
    await step();
  };
  const inMain = () => page.locator('main');
  // Forms repeat their labels: after `open`, the fields of the opened form are meant.
  let scope = page.locator('body');
  const field = (label: string | RegExp) =>
    scope
      .getByLabel(label, { exact: typeof label === 'string' })
      .and(page.locator(':visible'))
      .first();
  return {
    page,
    actions: () => actions,
    click: (role, name) =>
      act(async () => {
        await hands.press(scope.getByRole(role, { name }).and(page.locator(':visible')).first());
        scope = page.locator('body');
      }),
    open: (summary) =>
      act(async () => {
        const form = inMain()
          .locator('details', { has: page.locator('summary', { hasText: summary }) })
          .first();
        await hands.press(form.locator('summary'));
        scope = form;
      }),
    fill: (label, value) => act(() => hands.type(field(label), value)),
    choose: (label, option) => act(() => hands.choose(field(label), option)),
    tick: (label) => act(() => hands.tick(field(label))),
    text: () => inMain().innerText(),
    async sees(text) {
      await until(`the page to say ${text}`, async () => {
        const shown = await inMain()
          .innerText()
          .catch(() => '');
        if (text.test(shown)) return true;
        const isPlain = (await page.locator('noscript a').count()) > 0;
        if (isPlain) await page.reload();
        return false;
      });
    },
  };
}

const SYLLABLES = ['ба', 'да', 'жа', 'за', 'ка', 'ла', 'ма', 'на', 'ра', 'са', 'та', 'ша', 'ми', 'ни', 'ри', 'ли'];

/** A name that no other test of the world uses, with a surname that looks like one. */
export function oneName(given: string): string {
  const surname = [...randomBytes(5)].map((byte) => SYLLABLES[byte % SYLLABLES.length]).join('');
  return `${given} ${surname.charAt(0).toUpperCase()}${surname.slice(1)}нова`;
}
