// Answers of Prometheus as the data frames that Grafana's Prometheus data source makes of them.
import { FieldType, toDataFrame } from '@grafana/data';

const number = (text) => (text === 'NaN' ? NaN : text.endsWith('Inf') ? (text[0] === '-' ? -Infinity : Infinity) : +text);

const legend = (format, labels) => format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? '').trim();

const pointsOf = (series) => series.values ?? [series.value];

// A step without a sample is a null: a graph has to show the gap.
function stepped(points, range) {
  if (!range) return { times: points.map((p) => p[0] * 1000), values: points.map((p) => number(p[1])) };
  const known = new Map(points.map(([at, value]) => [Math.round(at), number(value)]));
  const times = [];
  for (let at = range.start; at <= range.end; at += range.step) times.push(at);
  return { times: times.map((at) => at * 1000), values: times.map((at) => known.get(at) ?? null) };
}

function seriesFrames(target, result, range) {
  return result.map((series) => {
    const { times, values } = stepped(pointsOf(series), target.instant ? null : range);
    const { __name__, ...labels } = series.metric;
    const displayNameFromDS = target.legendFormat ? legend(target.legendFormat, labels) : undefined;
    return toDataFrame({
      refId: target.refId,
      fields: [
        { name: 'Time', type: FieldType.time, values: times },
        { name: 'Value', type: FieldType.number, values, labels, config: { displayNameFromDS } },
      ],
    });
  });
}

function tableFrame(target, result, several) {
  const names = [...new Set(result.flatMap((series) => Object.keys(series.metric)))].sort();
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: result.map((series) => pointsOf(series).at(-1)[0] * 1000) },
      ...names.map((name) => ({ name, type: FieldType.string, values: result.map((series) => series.metric[name]) })),
      {
        name: several ? `Value #${target.refId}` : 'Value',
        type: FieldType.number,
        values: result.map((series) => number(pointsOf(series).at(-1)[1])),
      },
    ],
  });
}

const upper = (frame) => (frame.fields[1].labels.le === '+Inf' ? Infinity : +frame.fields[1].labels.le);

// Buckets are cumulative; a heatmap shows each by itself.
function bucketFrames(frames) {
  const sorted = [...frames].sort((a, b) => upper(a) - upper(b));
  return sorted.map((frame, i) => {
    const below = i ? sorted[i - 1].fields[1].values : [];
    const values = frame.fields[1].values.map((value, j) => (value === null ? null : Math.max(0, value - (below[j] ?? 0))));
    return { ...frame, fields: [frame.fields[0], { ...frame.fields[1], values }] };
  });
}

export function framesOf(panel, answers, range) {
  const several = panel.targets.length > 1;
  return panel.targets.flatMap((target) => {
    const result = answers[target.refId];
    if (target.format === 'table') return result.length ? [tableFrame(target, result, several)] : [];
    const frames = seriesFrames(target, result, range);
    return target.format === 'heatmap' ? bucketFrames(frames) : frames;
  });
}
