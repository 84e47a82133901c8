/** Hyper-causal chains and graphs: several futures per step, consistency and coherence losses, telemetry. */
export { ContrafactualAnticipator, type ContrafactualAnticipatorOptions, type Perturbation } from './anticipator.js';
export { Backend, type BackendConfig, type Capabilities, type GradientKind, type ParameterValues } from './backend.js';
export { BackendRegistry, type BackendEntry } from './backend-registry.js';
export { DepthAwareBackend, isDepthAware, type DepthAware, type DepthAwareOptions } from './depth-aware-backend.js';
export { depthAwareRates, ratesAt, type DepthAwareRatesOptions } from './depth-aware-rates.js';
export { epochLosses, type BestEpoch, type EpochLosses, type EpochRecord } from './epoch-losses.js';
export { Futures } from './futures.js';
export { HCGraph, type Edge, type GraphStep, type GraphStepOptions } from './graph.js';
export { coherence, consistency, crossEntropy, mae, mse, type ConsistencyWeights } from './losses.js';
export { earlyRocAuc, recallAtLag } from './metrics/anomalies.js';
export { overshoot, robustness, settlingTime } from './metrics/control.js';
export { deltaLag, mape, mase, rmse, smape } from './metrics/forecasting.js';
export { HCModel, type ChainInfo, type SequenceOptions, type SequenceResult } from './model.js';
export { HCNode, type ForwardOptions, type NodeInfo, type NodeOptions, type Step } from './node.js';
export { LinearProjector, type LinearProjectorOptions, type Projector } from './projector.js';
export { Float, float, pythonExponential, pythonFixed, pythonJson, pythonRepr, type PythonValue } from './python-format.js';
export {
  finalMetrics,
  formatBest,
  formatEarlyStop,
  formatEpochLine,
  formatFinalMetrics,
  formatSummary,
  type EpochLine,
  type FinalMetrics,
} from './report.js';
export { meanPolicy, medianPolicy, minRiskPolicy, type Selection, type SelectionPolicy } from './selection-policy.js';
export { chainTensors, sequenceLossTensors, tensorSequenceModel, type ChainTensors } from './sequence-loss-tensors.js';
export { sequenceLosses, type LossOptions, type SequenceLosses, type SequenceTrace } from './sequence-losses.js';
export { sequenceModel, type SequenceModel } from './sequence-model.js';
export type { SequenceModelOptions } from './sequence-options.js';
export { hypercausalTelemetry, type HypercausalTelemetryOptions } from './telemetry.js';
export type { Vector } from './validation.js';
