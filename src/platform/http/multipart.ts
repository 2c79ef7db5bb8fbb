import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import type { Request } from 'express';
import { message } from '../../domain/messages/message.ts';
import { type InputFault, Problem } from './problem.ts';

export interface UploadedFile {
  /** As the client named it; personal data may stand in it. */
  name: string;
  bytes: Buffer;
}

export interface Multipart {
  fields: Map<string, string>;
  files: Map<string, UploadedFile>;
}

const FIELD_LIMIT = 1000;
const MOST_PARTS = 10;

/** The fields before the first file of a body of `multipart/form-data`, and the name of that file; nothing more is read. */
export function readUploadName(
  req: Request,
): Promise<{ fields: Map<string, string>; part: string; name: string } | null> {
  return new Promise((resolve) => {
    const fields = new Map<string, string>();
    const limits = { fieldSize: FIELD_LIMIT, parts: MOST_PARTS, headerPairs: 50 };
    const busboy = new Busboy({ headers: req.headers as BusboyHeaders, limits });
    const end = (found: { part: string; name: string } | null) => {
      req.unpipe(busboy);
      // The rest is discarded, so that the client receives the answer.
      req.resume();
      resolve(found && { fields, ...found });
    };
    busboy.on('file', (part: string, stream: Readable, name: string | undefined) => {
      stream.resume();
      end({ part, name: name ?? '' });
    });
    busboy.on('field', (part: string, value: string) => {
      fields.set(part, value);
    });
    busboy.on('error', () => end(null));
    busboy.on('finish', () => end(null));
    req.on('aborted', () => end(null));
    req.pipe(busboy);
  });
}

/**
 * Reads a body of `multipart/form-data` into memory.
 * @param limit bytes of a file
 * @throws Problem 415 for another type, 413 for a file over the limit, 400 for a broken body or a repeated part
 */
export function readMultipart(req: Request, limit: number): Promise<Multipart> {
  const type = req.headers['content-type'];
  if (type === undefined || !/^multipart\/form-data\s*;.*boundary=/i.test(type))
    throw new Problem(415, message('import.body'), { headers: { Accept: 'multipart/form-data' } });
  if (req.headers['content-encoding'] !== undefined) throw new Problem(415, message('http.encoded'));
  const result: Multipart = { fields: new Map(), files: new Map() };
  const faults: InputFault[] = [];
  let isTooLarge = false;
  return new Promise((resolve, reject) => {
    const busboy = new Busboy({
      headers: req.headers as BusboyHeaders,
      limits: { fileSize: limit, fieldSize: FIELD_LIMIT, parts: MOST_PARTS, headerPairs: 50 },
    });
    const broken = () => {
      req.unpipe(busboy);
      // The rest is read and discarded, so that the client receives the answer.
      req.resume();
      reject(new Problem(400, message('import.body.unreadable')));
    };
    busboy.on('file', (part: string, stream: Readable, name: string | undefined) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('limit', () => {
        isTooLarge = true;
      });
      stream.on('error', broken);
      stream.on('end', () => {
        if (result.files.has(part)) faults.push({ pointer: `/${part}`, detail: message('import.part.file') });
        result.files.set(part, { name: name ?? '', bytes: Buffer.concat(chunks) });
      });
    });
    busboy.on('field', (part: string, value: string) => {
      result.fields.set(part, value);
    });
    busboy.on('error', broken);
    req.on('aborted', broken);
    busboy.on('finish', () => {
      if (isTooLarge) reject(new Problem(413, message('http.too-large')));
      else if (faults.length > 0) reject(new Problem(400, message('http.form'), { errors: faults }));
      else resolve(result);
    });
    req.pipe(busboy);
  });
}
