import type { TFunction } from 'i18next';
import type { Point, Surface } from '../viewport/surface.ts';
import type { MeasuredValue, Measurement } from './measurement.ts';

/** Decimals that a value is written with; what is saved and tested is the full value. */
function decimalsOf({ quantity, value, unit }: MeasuredValue): number {
  if (quantity === 'pixelCount') return 0;
  if (unit === '°') return 1;
  if (unit.startsWith('SUV')) return 2;
  if (unit === 's') return 3;
  if (unit === 'mm²' || unit === 'px²') return Math.abs(value) < 100 ? 1 : 0;
  if (['value', 'minimum', 'maximum'].includes(quantity))
    return Number.isInteger(value) ? 0 : smallDecimals(value);
  if (['mean', 'standardDeviation'].includes(quantity)) return smallDecimals(value);
  return 1;
}

/** One decimal where whole numbers matter, three significant digits where the values are small. */
function smallDecimals(value: number): number {
  const size = Math.abs(value);
  if (size >= 10 || size === 0) return 1;
  return size >= 1 ? 2 : Math.min(6, 2 - Math.floor(Math.log10(size)));
}

const formats = new Map<string, Intl.NumberFormat>();

/** A number in the reader's language; rounded half away from zero. */
export function formatDecimals(value: number, decimals: number, language: string): string {
  const key = `${language}/${decimals}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      // What rounds to zero has no sign.
      signDisplay: 'negative',
    });
    formats.set(key, format);
  }
  // A minus sign, not a hyphen: it is not lost beside a picture.
  return format.format(value).replace('-', '−');
}

/** A value with its unit, as it is written: `12.3 mm`. */
export function formatValue(value: MeasuredValue, language: string): string {
  const written = formatDecimals(value.value, decimalsOf(value), language);
  return value.unit === '' ? written : `${written}${value.unit === '°' ? '' : ' '}${value.unit}`;
}

type Quantity = MeasuredValue['quantity'];

/** Values that stand in the label without being named. */
const unnamed: readonly Quantity[] = ['length', 'angle', 'value', 'duration', 'velocity'];
/** Values for the list only. */
const listOnly: readonly Quantity[] = ['perimeter', 'pixelCount'];

/** What stands beside a measurement: one text a line. */
export function labelLines(measurement: Measurement, t: TFunction, language: string): string[] {
  const { values, tool, label, notice } = measurement;
  const byQuantity = new Map(values.map((value) => [value.quantity, value]));
  const named = (value: MeasuredValue) =>
    unnamed.includes(value.quantity)
      ? formatValue(value, language)
      : `${t(`measuring.quantity.${value.quantity}`)} ${formatValue(value, language)}`;
  const pair = (...quantities: Quantity[]) =>
    quantities
      .flatMap((quantity) => {
        const value = byQuantity.get(quantity);
        return value ? [named(value)] : [];
      })
      .join(' · ');
  const together: readonly (readonly Quantity[])[] = [
    ['area', 'diameter'],
    ['mean', 'standardDeviation'],
    ['minimum', 'maximum'],
  ];
  const paired = together.flat();
  const single = values.filter(({ quantity }) => !paired.includes(quantity) && !listOnly.includes(quantity));
  const cobb = tool === 'cobbAngle' ? byQuantity.get('angle') : undefined;
  return [
    label,
    ...(cobb
      ? [`${formatValue(cobb, language)} (${formatValue({ ...cobb, value: 180 - cobb.value }, language)})`]
      : single.map(named)),
    ...together.map((quantities) => pair(...quantities)),
    calibrationText(measurement, t),
    notice ? t(`measuring.notice.${notice}`) : '',
  ].filter((line) => line !== '');
}

/** How the millimetres are known, where that is not plain; empty where there are none, or they are the patient's. */
export function calibrationText({ calibration, values }: Measurement, t: TFunction): string {
  const hasLength = values.some(
    ({ unit }) => unit === 'mm' || unit === 'mm²' || unit === 's' || unit === 'cm/s',
  );
  return hasLength && calibration !== 'patient' && calibration !== 'none'
    ? t(`measuring.calibration.${calibration}`)
    : '';
}

/** Every value with its name, for lists and copies. */
export function allValues({ values }: Measurement, t: TFunction, language: string): string[] {
  return values.map(
    (value) => `${t(`measuring.quantity.${value.quantity}`)} ${formatValue(value, language)}`,
  );
}

/** A place as column and row of an image, from 0; empty on planes. */
export function pixelText({ kind }: Surface, point: Point): string {
  return kind === 'image' ? `(${Math.round(point.x)}, ${Math.round(point.y)})` : '';
}

/** A place in the patient: the side and the distance from the origin on each axis, mm. */
export function patientText(surface: Surface, point: Point, language: string): string {
  const place = surface.toPatient(point);
  if (!place) return '';
  const sides = [
    ['L', 'R'],
    ['P', 'A'],
    ['H', 'F'],
  ] as const;
  const written = place.map((value, axis) => {
    const [positive, negative] = sides[axis] ?? ['', ''];
    return `${value < 0 ? negative : positive} ${formatDecimals(Math.abs(value), 1, language)}`;
  });
  return `${written.join(' · ')} mm`;
}

/** The value of the pixel at a place with its unit, or the three of a colour; empty outside. */
export function pixelValueText(surface: Surface, point: Point, language: string): string {
  const value = surface.valueAt(point);
  if (value === undefined) return '';
  if (typeof value !== 'number') return `R ${value[0]} · G ${value[1]} · B ${value[2]}`;
  return formatValue({ quantity: 'value', value, unit: surface.valueUnit }, language);
}
