-- Sends the requests of a file, drawn at random, on every connection. One request a line: path, token and body,
-- parted by tabs. With CHECK set every answer is looked at: its status, and that it has data and no errors; that
-- costs the load generator time, so only the run-up is checked whole.

local requests = {}
local wrong = 0

function setup(thread)
  thread:set("seed", tonumber(os.getenv("BENCH_SEED") or "1"))
end

function init(args)
  math.randomseed(seed)
  for line in io.lines(os.getenv("BENCH_REQUESTS")) do
    local path, token, body = line:match("^([^\t]*)\t([^\t]*)\t(.*)$")
    requests[#requests + 1] = wrk.format("POST", path, {
      ["Content-Type"] = "application/json",
      ["Accept"] = "application/graphql-response+json, application/json;q=0.9",
      ["Authorization"] = "Bearer " .. token,
    }, body)
  end
end

function request()
  return requests[math.random(#requests)]
end

if os.getenv("BENCH_CHECK") then
  function response(status, headers, body)
    if status ~= 200 or body:find('"errors"', 1, true) or not body:find('"data"', 1, true) then
      wrong = wrong + 1
      if wrong == 1 then
        io.stderr:write("first wrong answer: ", tostring(status), " ", body:sub(1, 400), "\n")
        os.exit(3)
      end
    end
  end
end

function done(summary, latency, _)
  io.write(string.format(
    '\nRESULT {"requests": %d, "microseconds": %d, "bytes": %d, "refused": %d, "failed": %d, "timeouts": %d, '
      .. '"p50": %d, "p99": %d, "mean": %d}\n',
    summary.requests, summary.duration, summary.bytes, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write, summary.errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.mean))
end
