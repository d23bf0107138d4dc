const integerString = /^[+-]?\d{1,15}$/;
const shortDecimal = /^[+-]?(\d{1,15}|(?=.{1,16}$)\d*\.\d*)$/;
const decimalString = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * The JSON value of one IS value, padding removed. PS3.18 F.2.3.1 lets it be a number or a string: a number where the
 * text is an integer by PS3.5 6.2, else the text as it is ("12.0", "1,5"), so that nothing is lost.
 */
export function integerStringValue(text: string): number | string {
  return integerString.test(text) ? Number(text) || 0 : text;
}

/**
 * The JSON value of one DS value, padding removed: a number where the text is a decimal by PS3.5 6.2 and a double
 * has exactly its digits (trailing zeros aside), else the text as it is.
 */
export function decimalStringValue(text: string): number | string {
  if (!decimalString.test(text)) return text;
  const value = Number(text);
  if (!Number.isFinite(value)) return text;
  // any decimal of 15 digits survives a double (DBL_DIG)
  if (shortDecimal.test(text)) return value === 0 ? 0 : value;
  return sameDecimal(text, String(value)) ? value : text;
}

function sameDecimal(a: string, b: string): boolean {
  const x = normalized(a);
  const y = normalized(b);
  return x.digits === y.digits && x.exponent === y.exponent && x.negative === y.negative;
}

/** 0.digits times ten to the exponent, without leading or trailing zeros. */
function normalized(text: string): { negative: boolean; digits: string; exponent: number } {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().replace(/^[+-]/, '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  const leading = all.length - all.replace(/^0+/, '').length;
  const digits = all.slice(leading).replace(/0+$/, '');
  if (digits === '') return { negative: false, digits, exponent: 0 };
  return { negative: text.startsWith('-'), digits, exponent: Number(exponent) + whole.length - leading };
}

/** The JSON value of a floating point number: JSON has no NaN and no infinities, so they are strings. */
export function floatValue(value: number): number | string {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'inf' : '-inf';
}

/** The JSON value of a 64-bit integer (PS3.18 F.2.3.1): a string beyond 2^53. */
export function bigIntegerValue(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
