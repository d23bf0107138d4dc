import type { Context } from 'koa';
import type { DataSet } from '../dicom/data-set.ts';
import { parseDataSet } from '../dicom/models/data-set-json.ts';
import { sendDataSets, sendStream } from './answer.ts';
import type { DataSetForm } from './negotiation.ts';

/** Answers with data sets given as DICOM JSON texts, in the form that was negotiated: as JSON they are joined, not parsed. */
export async function sendDataSetTexts(
  context: Context,
  form: DataSetForm,
  texts: AsyncIterable<string> | readonly string[],
): Promise<void> {
  if (form.form !== 'json') return sendDataSets(context, form, parsed(texts));
  if (!Array.isArray(texts)) {
    await sendStream(context, arrayOf(texts));
    context.set('Content-Type', form.type);
    return;
  }
  context.status = 200;
  // Before the body, for which one would be guessed.
  context.set('Content-Type', form.type);
  context.body = `[${texts.join(',')}]`;
}

async function* arrayOf(texts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Uint8Array> {
  let lead = '[';
  for await (const text of texts) {
    yield Buffer.from(lead + text);
    lead = ',';
  }
  yield Buffer.from(lead === '[' ? '[]' : ']');
}

async function* parsed(texts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<DataSet> {
  for await (const text of texts) yield parseDataSet(text);
}
