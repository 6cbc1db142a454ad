-- Method, body and keys of the requests from the environment, and the result as one line of JSON.
wrk.method = os.getenv("BENCH_METHOD") or "GET"
wrk.body = os.getenv("BENCH_BODY")

local keys = os.getenv("BENCH_KEYS")
if keys then
  -- Written out ahead of the run: the load tool has work enough.
  local requests, last = {}, 0

  function init(arguments)
    for key in io.lines(keys) do
      wrk.headers["Authorization"] = "Bearer " .. key
      requests[#requests + 1] = wrk.format()
    end
  end

  function request()
    last = last % #requests + 1
    return requests[last]
  end
end

done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'BENCH {"requests": %d, "duration_us": %d, "p50_us": %d, "p99_us": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
