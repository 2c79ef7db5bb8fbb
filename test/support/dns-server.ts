import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { decode, encode } from 'dns-packet';

export interface DnsServer {
  /** `127.0.0.1:port`, as in the setting DNS_SERVERS. */
  address: string;
  /** TXT records by name; a name that is not there has none. The texts are cut to strings of 255 bytes, as in DNS. */
  texts: Map<string, string[]>;
  stop(): Promise<void>;
}

/** A DNS server on loopback that knows TXT records. */
export async function startDnsServer(): Promise<DnsServer> {
  const texts = new Map<string, string[]>();
  const socket = createSocket('udp4');
  socket.on('message', (packet, from) => {
    const { id, questions = [] } = decode(packet);
    const [question] = questions;
    const found = question === undefined ? [] : (texts.get(question.name.toLowerCase()) ?? []);
    const answer = encode({
      type: 'response',
      ...(id === undefined ? {} : { id }),
      flags: found.length > 0 ? 0 : 3,
      questions,
      answers: found.map((text) => ({
        type: 'TXT' as const,
        name: question?.name ?? '',
        ttl: 60,
        data: text.match(/.{1,255}/gs) ?? [],
      })),
    });
    socket.send(answer, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    texts,
    stop: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
