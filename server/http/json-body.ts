import type { Context } from 'koa';
import type { z } from 'zod';
import { HttpError } from './http-errors.ts';
import { mediaTypeOf } from './media-type.ts';
import { requestBody } from './request-body.ts';

const MOST_BYTES = 64 * 1024;

/** Reads a small JSON body and checks it. Throws a 415, 413 or 400 that names what is wrong. */
export async function readJsonBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  if (mediaTypeOf(context.get('Content-Type'))?.type !== 'application/json')
    throw new HttpError(415, 'The body is to be application/json.');
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of requestBody(context)) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new HttpError(413, `The body is larger than ${MOST_BYTES} bytes.`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.includes('\\u0000')) throw new HttpError(400, 'The body holds the character U+0000.');
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the body'}: ${message}`,
  );
  throw new HttpError(400, problems.join('; '));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, 'The body is not JSON.');
  }
}
