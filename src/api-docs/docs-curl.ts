import type { Placed } from './docs-page.ts';

/** Shows a request as a curl command. */
export function curlOf(
  { method, path, security, parameters = [], requestBody, responses }: Placed,
  publicUrl: string,
): string {
  const exampleOf = ({ schema, example }: { schema?: object; example?: unknown }): unknown =>
    example ?? (schema as { example?: unknown } | undefined)?.example;
  const address = parameters
    .filter((one) => one.in === 'path')
    .reduce((text, one) => text.replace(`{${one.name}}`, encodeURIComponent(String(exampleOf(one) ?? one.name))), path);
  const query = parameters
    .filter((one) => one.in === 'query' && exampleOf(one) !== undefined)
    .map((one) => `${one.name}=${encodeURIComponent(String(exampleOf(one)))}`)
    .join('&');
  const headers = parameters
    .filter((one) => one.in === 'header' && exampleOf(one) !== undefined)
    .map((one) => `${one.name}: ${exampleOf(one)}`);
  const [[type, content] = []] = Object.entries(requestBody?.content ?? {});
  const accept = Object.keys(responses['200']?.content ?? {});
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${quote(`${publicUrl}${address}${query && `?${query}`}`)}`,
    ...(security.some((one) => 'token' in one) ? ["-H 'Authorization: Bearer gr_…'"] : []),
    ...(accept[0] === 'text/html' && accept.includes('application/json') ? ["-H 'Accept: application/json'"] : []),
    ...headers.map((header) => `-H ${quote(header)}`),
    ...(type === undefined ? [] : bodyOf(type, content?.example)),
  ];
  return lines.join(' \\\n  ');
}

function bodyOf(type: string, example: unknown): string[] {
  if (type === 'multipart/form-data')
    return Object.entries(example as Record<string, string>).map(([part, value]) => `-F ${quote(`${part}=${value}`)}`);
  return [`-H 'Content-Type: ${type}'`, `-d ${quote(JSON.stringify(example))}`];
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
