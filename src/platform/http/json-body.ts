import express, { type Request, type RequestHandler } from 'express';
import { message } from '../../domain/messages/message.ts';
import { Problem } from './problem.ts';

/** A body of up to this many times the limit is read and discarded, so that the client can receive its 413. */
const READ_OFF = 16;

/** Reads the body as bytes, whatever its content type; compressed bodies get 415, bodies over `limit` bytes get 413. */
export function readBytes(limit: number): RequestHandler {
  const read = express.raw({ type: () => true, limit, inflate: false });
  return (req, res, next) => {
    // The library would answer only after reading the whole body, however long it is.
    if (Number(req.headers['content-length'] ?? 0) > limit * READ_OFF)
      throw new Problem(413, message('http.too-large'), { headers: { Connection: 'close' } });
    read(req, res, next);
  };
}

/** The bytes read by `readBytes`; empty when the request had no body. */
export function requestBytes(req: Request): Buffer {
  return Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
}

/**
 * Reads a JSON body of at most `limit` bytes into `req.body`: 415 for another type, 400 for invalid UTF-8 or JSON.
 * With `optional`, a missing body becomes `{}`.
 */
export function readJson(limit: number, { optional = false } = {}): RequestHandler[] {
  const checkType: RequestHandler = (req, _res, next) => {
    const type = req.headers['content-type'];
    const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
    if (hasBody && !isJson(type)) {
      const headers = { Accept: 'application/json' };
      throw new Problem(415, message('http.not-json'), { headers });
    }
    next();
  };
  const parse: RequestHandler = (req, _res, next) => {
    const bytes = requestBytes(req);
    req.body = optional && bytes.length === 0 ? {} : parseJson(bytes);
    next();
  };
  return [checkType, readBytes(limit), parse];
}

function isJson(type: string | undefined): boolean {
  const [media = '', ...parameters] = (type ?? '').toLowerCase().split(';');
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith('charset='));
  const utf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  return utf8 && /^application\/([a-z0-9!#$&^_.+-]+\+)?json$/.test(media.trim());
}

function parseJson(bytes: Buffer): unknown {
  const refuse = (detail: string) => new Problem(400, detail, { errors: [{ pointer: '', detail }] });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse(message('http.not-utf8'));
  }
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(text.trim() === '' ? message('http.empty') : message('http.no-json'));
  }
}
