using System.Security.Cryptography;
using System.Text;

namespace AgentBrain.OAuth.Replay;

/// <summary>
/// The script that decides in Redis, all in one step. Keys: epoch, and for an entry also the entry and its key's counts. Arguments: a
/// secret for a new epoch, whether the script is new to this Redis, the entry's nonce epoch, its earliest use, its life (ms), the most
/// live entries of a key. Answer: a word, the epoch, milliseconds to wait.
/// </summary>
/// <remarks>
/// Live entries of a key are counted by the minute in which they expire, so the quota is at most a minute late to see one go.
/// A Redis that does not know the script was restarted, or took over from another: it may have come back without the last entries. So
/// the script is never loaded ahead, and whoever has to bring it (see <see cref="RedisReplayStore"/>) begins a new epoch with it.
/// One that was a replica for a while and is master again knows the script still. But each promotion begins a new history of replication,
/// so the epoch carries the history's id, and belongs to no other.
/// </remarks>
internal static class ReplayScript
{
    public const string Text = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
        if not history then
          return redis.error_reply('NOHISTORY INFO replication has no master_replid')
        end
        local epoch = redis.call('GET', KEYS[1])
        local birth = epoch and #epoch < 128 and string.match(epoch, '^(%d+):[%w_%-]+:' .. history .. '$')
        if not birth or ARGV[2] == '1' then
          birth = string.format('%.0f', now)
          epoch = birth .. ':' .. ARGV[1] .. ':' .. history
          redis.call('SET', KEYS[1], epoch)
        end
        if #KEYS == 1 then
          return {'epoch', epoch, 0}
        end
        if ARGV[3] ~= epoch and tonumber(ARGV[4]) <= tonumber(birth) then
          return {'nonce', epoch, 0}
        end
        local life = tonumber(ARGV[5])
        local limit = tonumber(ARGV[6])
        if limit > 0 then
          local live = 0
          local first = math.huge
          local counts = redis.call('HGETALL', KEYS[3])
          for i = 1, #counts, 2 do
            local ends = tonumber(counts[i]) * 60000
            if ends <= now then
              redis.call('HDEL', KEYS[3], counts[i])
            else
              live = live + tonumber(counts[i + 1])
              first = math.min(first, ends)
            end
          end
          if live >= limit then
            return {'limit', epoch, first - now}
          end
        end
        if not redis.call('SET', KEYS[2], '', 'NX', 'PX', life) then
          return {'seen', epoch, 0}
        end
        if limit > 0 then
          redis.call('HINCRBY', KEYS[3], string.format('%.0f', math.ceil((now + life) / 60000)), 1)
          if redis.call('PTTL', KEYS[3]) < life + 60000 then
            redis.call('PEXPIRE', KEYS[3], life + 60000)
          end
        end
        return {'added', epoch, 0}
        """;

    /// <summary>By which Redis knows it.</summary>
#pragma warning disable CA5350 // SHA-1 is how Redis names scripts; nothing is protected by it.
    public static byte[] Hash { get; } = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
#pragma warning restore CA5350
}
