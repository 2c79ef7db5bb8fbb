import { readSenderRecords, type SenderFindings } from '../adapters/dns/sender-records.ts';
import type { Config } from '../config.ts';
import { messageOf } from '../platform/log.ts';
import type { Mail } from '../ports/mail.ts';

/** Domains of Mail.ru: Sendsay refuses letters from their addresses. */
const REFUSED_DOMAINS = new Set(['mail.ru', 'bk.ru', 'inbox.ru', 'list.ru', 'mail.ua']);

/** What `gramota check --sender` asks DNS about the sender's domain; every line names what to publish or change. */
export async function checkSenderDomain(config: Config, sender: string): Promise<SenderFindings> {
  const domain = sender.slice(sender.lastIndexOf('@') + 1).toLowerCase();
  if (REFUSED_DOMAINS.has(domain)) {
    const fault = `sender: Sendsay refuses senders of ${domain}; use an address of the school's own domain`;
    return { ok: [], warnings: [], faults: [fault] };
  }
  try {
    return await readSenderRecords({
      domain,
      dkimSelectors: config.SENDER_DKIM_SELECTORS,
      spfInclude: config.SENDER_SPF_INCLUDE,
      servers: config.DNS_SERVERS,
    });
  } catch (error) {
    return { ok: [], warnings: [], faults: [`sender: ${messageOf(error)}`] };
  }
}

/** What the provider says about the sender. */
export async function checkSenderConfirmed(mail: Mail, provider: string, sender: string): Promise<SenderFindings> {
  const found: SenderFindings = { ok: [], warnings: [], faults: [] };
  try {
    const confirmed = await mail.senderConfirmed();
    if (confirmed === true) found.ok.push(`sender: ${provider} lists ${sender}`);
    else if (confirmed === false)
      found.faults.push(`sender: ${provider} does not list ${sender}; confirm this sender in the account`);
    else found.warnings.push(`sender: ${provider}'s answer has no list of senders; look in the account`);
  } catch (error) {
    found.warnings.push(
      `sender: ${provider} does not show its senders (${messageOf(error)}); give the API key this right, or look in the account`,
    );
  }
  return found;
}
