// Plain drawings of what Grafana draws with code of its own application: graphs, timelines and heatmaps.
import { formattedValueToString, getFieldDisplayName } from '@grafana/data';

const AXIS = 64;
const FOOT = 22;
const LEGEND = 24;

const clock = (at) => new Date(at).toISOString().slice(11, 19);

const colorOf = (field, value, theme) => field.display?.(value)?.color ?? theme.colors.text.primary;

function seriesOf(data) {
  return data.flatMap((frame) =>
    frame.fields
      .filter((field) => field.type === 'number')
      .map((field) => ({ field, name: getFieldDisplayName(field, frame, data), times: frame.fields[0].values, values: field.values }))
  );
}

function Times({ range, x, height }) {
  const [start, end] = [range.start * 1000, range.end * 1000];
  const marks = [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => start + part * (end - start));
  return marks.map((at) => (
    <text key={at} x={x(at)} y={height - 6} fill="#9aa" fontSize="12" textAnchor="middle">{clock(at)}</text>
  ));
}

const scaleOf = (range, width) => (at) =>
  AXIS + ((at - range.start * 1000) / ((range.end - range.start) * 1000)) * (width - AXIS - 8);

function stackUp(series) {
  const floor = [];
  return series.map((one) => {
    if (one.field.config.custom?.stacking?.mode !== 'normal') return { ...one, lower: null, upper: one.values };
    const lower = one.values.map((_, i) => floor[i] ?? 0);
    one.values.forEach((value, i) => (floor[i] = (floor[i] ?? 0) + (value ?? 0)));
    return { ...one, lower, upper: one.values.map((value, i) => (value === null ? null : lower[i] + value)) };
  });
}

// The points between two gaps.
function runs(values) {
  const found = [];
  let run = [];
  values.forEach((value, i) => {
    if (value === null || Number.isNaN(value)) {
      if (run.length) found.push(run);
      run = [];
    } else run.push(i);
  });
  return run.length ? [...found, run] : found;
}

export function Graph({ panel, data, width, height, theme, range }) {
  const drawn = height - LEGEND;
  const series = stackUp(seriesOf(data));
  const { min, max } = panel.fieldConfig.defaults;
  const all = series.flatMap((one) => one.upper).filter((value) => Number.isFinite(value));
  const [low, high] = [min ?? Math.min(...all), max ?? (Math.max(...all, 0) * 1.05 || 1)];
  const x = scaleOf(range, width);
  const y = (value) => drawn - FOOT - ((value - low) / (high - low)) * (drawn - FOOT - 8);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => low + part * (high - low));
  const text = series[0]?.field.display ?? ((value) => ({ text: String(value) }));
  const steps = panel.fieldConfig.defaults.thresholds?.steps.filter((step) => Number.isFinite(step.value)) ?? [];
  const isDashed = panel.fieldConfig.defaults.custom?.thresholdsStyle?.mode === 'dashed';
  return (
    <div style={{ width, height, overflow: 'hidden' }}>
      <svg width={width} height={drawn}>
        {ticks.map((value) => (
          <g key={value}>
            <line x1={AXIS} x2={width - 8} y1={y(value)} y2={y(value)} stroke="#ffffff18" />
            <text x={AXIS - 6} y={y(value) + 4} fill="#9aa" fontSize="12" textAnchor="end">{formattedValueToString(text(value))}</text>
          </g>
        ))}
        <Times range={range} x={x} height={drawn} />
        {isDashed && steps.map((step) => (
          <line key={step.value} x1={AXIS} x2={width - 8} y1={y(step.value)} y2={y(step.value)} stroke={theme.visualization.getColorByName(step.color)} strokeDasharray="8 6" />
        ))}
        {series.map(({ field, times, lower, upper }, i) => {
          const color = colorOf(field, field.values.at(-1), theme);
          const style = field.config.custom ?? {};
          const dash = style.lineStyle?.fill === 'dash' ? style.lineStyle.dash.join(' ') : undefined;
          if (style.drawStyle === 'bars') {
            return upper.map((value, j) => value > 0 && (
              <line key={`${i} ${j}`} x1={x(times[j])} x2={x(times[j])} y1={y(lower?.[j] ?? low)} y2={y(value)} stroke={color} strokeWidth="3" />
            ));
          }
          return runs(upper).map((run) => {
            const top = run.map((j) => `${x(times[j])},${y(upper[j])}`);
            const bottom = lower && [...run].reverse().map((j) => `${x(times[j])},${y(lower[j])}`);
            return lower ? (
              <polygon key={`${i} ${run[0]}`} points={[...top, ...bottom].join(' ')} fill={color} fillOpacity={(style.fillOpacity ?? 70) / 100} />
            ) : (
              <polyline key={`${i} ${run[0]}`} points={top.join(' ')} fill="none" stroke={color} strokeWidth={style.lineWidth ?? 2} strokeDasharray={dash} />
            );
          });
        })}
      </svg>
      <div style={{ display: 'flex', gap: 14, height: LEGEND, fontSize: 12, overflow: 'hidden', flexWrap: 'wrap' }}>
        {series.map(({ field, name }, i) => (
          <span key={i}><b style={{ color: colorOf(field, field.values.at(-1), theme) }}>━</b> {name}</span>
        ))}
      </div>
    </div>
  );
}

export function Timeline({ data, width, height, theme, range }) {
  const series = seriesOf(data);
  const side = 170;
  const tall = Math.min(46, (height - FOOT) / Math.max(series.length, 1));
  const x = (at) => side + ((at - range.start * 1000) / ((range.end - range.start) * 1000)) * (width - side - 8);
  return (
    <svg width={width} height={height}>
      {series.map(({ field, name, times, values }, i) => {
        const blocks = [];
        values.forEach((value, j) => {
          const before = blocks.at(-1);
          if (value === null) return;
          if (before && before.value === value && before.end === times[j]) before.end = times[j + 1] ?? times[j];
          else blocks.push({ value, start: times[j], end: times[j + 1] ?? times[j] });
        });
        return (
          <g key={i}>
            <text x={side - 8} y={i * tall + tall / 2 + 4} fill="#ccd" fontSize="13" textAnchor="end">{name}</text>
            {blocks.map(({ value, start, end }) => {
              const shown = field.display(value);
              const wide = x(end) - x(start);
              return (
                <g key={start}>
                  <rect x={x(start)} y={i * tall + 2} width={Math.max(1, wide)} height={tall - 4} fill={shown.color} />
                  {wide > 70 && <text x={x(start) + 6} y={i * tall + tall / 2 + 5} fontSize="13" fill={theme.colors.getContrastText(shown.color)}>{shown.text}</text>}
                </g>
              );
            })}
          </g>
        );
      })}
      <Times range={range} x={x} height={height} />
    </svg>
  );
}

export function Heatmap({ data, width, height, range }) {
  const rows = seriesOf(data);
  const x = scaleOf(range, width);
  const tall = (height - FOOT) / Math.max(rows.length, 1);
  const most = Math.max(...rows.flatMap((row) => row.values.map((value) => value ?? 0)), 1e-9);
  return (
    <svg width={width} height={height}>
      {rows.map(({ name, times, values }, i) => {
        const top = height - FOOT - (i + 1) * tall;
        return (
          <g key={name}>
            <text x={AXIS - 6} y={top + tall / 2 + 4} fill="#9aa" fontSize="11" textAnchor="end">{name === '+Inf' ? 'more' : `${name} s`}</text>
            {values.map((value, j) => value > 0 && (
              <rect key={j} x={x(times[j])} y={top + 1} width={Math.max(1, x(times[1]) - x(times[0]) - 1)} height={tall - 2} fill="#56B4E9" fillOpacity={0.15 + (0.85 * value) / most} />
            ))}
          </g>
        );
      })}
      <Times range={range} x={x} height={height} />
    </svg>
  );
}
