import type { Explainer } from '../base/explainer';
import { DNS } from './dns';
import { HTTP } from './http';
import { HTTP2 } from './http2';
import { NET } from './net';
import { UNDICI, WEB_STREAMS } from './undici';

/** The explainers of this folder, besides `http-clients.ts`, which comes before others. */
export const NETWORK: readonly Explainer[] = [UNDICI, WEB_STREAMS, HTTP, HTTP2, NET, DNS];
