using Microsoft.Data.Sqlite;

namespace AgentBrain.Server.Brains.Storage;

/// <summary>The tables of a brain's database and how an older file becomes a current one.</summary>
internal static class Schema
{
    /// <summary>The version this program writes (SQLite's <c>user_version</c>).</summary>
    public const int Version = 1;

    /// <summary>Creates or upgrades the tables.</summary>
    /// <exception cref="BrainException">The file was written by a newer program (<c>database_too_new</c>).</exception>
    public static void Migrate(SqliteSession session)
    {
        var found = session.Scalar<long>("PRAGMA user_version");
        if (found > Version)
        {
            throw new BrainException(
                BrainFault.Storage,
                "database_too_new",
                $"The index was written by a newer Agent Brain (schema {found}, this one knows {Version}): start the newer version, or give this one another AGENT_BRAIN_DATA.");
        }

        if (found == Version)
        {
            return;
        }

        session.Script("BEGIN IMMEDIATE;" + Tables + $"PRAGMA user_version = {Version}; COMMIT;");
    }

    /// <summary>
    /// Asks each table for all of its columns and its first row. One statement at a time: of several in one script, the errors of all but
    /// the first are lost.
    /// </summary>
    /// <exception cref="SqliteException">They cannot be asked.</exception>
    public static void Probe(SqliteSession session)
    {
        session.Script("SELECT count(*) FROM sqlite_schema");
        session.Script("SELECT label, path FROM roots LIMIT 1");
        session.Script("SELECT id, root, path, settings, metadata, last_indexed FROM folders LIMIT 1");
        session.Script("SELECT id, key, folder_id, root, path, sha256, settings, job_id, size, modified, format, language, source_type, title FROM files LIMIT 1");
        session.Script("SELECT id, file_id, ordinal, text, start_line, end_line, heading_path, symbol_name, symbol_kind, page FROM chunks LIMIT 1");
        session.Script("SELECT body, context, symbol FROM chunk_terms LIMIT 0");
        session.Script("SELECT sha256, format, document, size FROM extractions LIMIT 1");
        session.Script("SELECT owed FROM removals LIMIT 1");
        session.Script("SELECT seq, id, request, dedupe_key, owner, state, attempts, processed, total, counts, reason, message FROM jobs LIMIT 1");
        session.Script("SELECT created_at, started_at, finished_at FROM jobs LIMIT 1");
    }

    /// <summary>False if the tables that every file of this version has cannot be asked (<see cref="Probe"/>), or the inverted index cannot read its settings.</summary>
    public static bool IsSound(SqliteSession session)
    {
        try
        {
            Probe(session);
            session.Script("SELECT rowid FROM chunk_terms WHERE chunk_terms MATCH 'a' LIMIT 1");
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>
    /// The terms table is contentless: it holds the inverted index alone, fed with analyzed text, and its row id is the chunk's.
    /// A chunk's public id is the file's key and the chunk's ordinal, so it needs no column and no index of its own.
    /// </summary>
    private const string Tables =
        """
        CREATE TABLE roots(
            label TEXT PRIMARY KEY,
            path TEXT NOT NULL UNIQUE) WITHOUT ROWID;

        CREATE TABLE folders(
            id INTEGER PRIMARY KEY,
            root TEXT NOT NULL,
            path TEXT NOT NULL,
            settings TEXT NOT NULL,
            metadata TEXT,
            last_indexed TEXT,
            UNIQUE(root, path));

        CREATE TABLE files(
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            folder_id INTEGER NOT NULL REFERENCES folders(id),
            root TEXT NOT NULL,
            path TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            settings TEXT NOT NULL,
            job_id TEXT NOT NULL,
            size INTEGER NOT NULL,
            modified TEXT NOT NULL,
            format INTEGER NOT NULL,
            language TEXT NOT NULL,
            source_type TEXT NOT NULL,
            title TEXT,
            UNIQUE(root, path));
        CREATE INDEX files_folder ON files(folder_id);
        CREATE INDEX files_content ON files(sha256);

        CREATE TABLE chunks(
            id INTEGER PRIMARY KEY,
            file_id INTEGER NOT NULL REFERENCES files(id),
            ordinal INTEGER NOT NULL,
            text TEXT NOT NULL,
            start_line INTEGER NOT NULL,
            end_line INTEGER NOT NULL,
            heading_path TEXT,
            symbol_name TEXT,
            symbol_kind TEXT,
            page INTEGER,
            UNIQUE(file_id, ordinal));
        CREATE INDEX chunks_symbol ON chunks(symbol_name) WHERE symbol_name IS NOT NULL;

        CREATE VIRTUAL TABLE chunk_terms USING fts5(body, context, symbol, tokenize = 'porter ascii', content = '', contentless_delete = 1);
        INSERT INTO chunk_terms(chunk_terms, rank) VALUES('hashsize', 16777216);

        CREATE TABLE extractions(
            sha256 TEXT NOT NULL,
            format INTEGER NOT NULL,
            document TEXT NOT NULL,
            size INTEGER NOT NULL,
            PRIMARY KEY(sha256, format)) WITHOUT ROWID;

        CREATE TABLE removals(owed INTEGER PRIMARY KEY);

        CREATE TABLE jobs(
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            request TEXT NOT NULL,
            dedupe_key TEXT NOT NULL,
            owner TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            processed INTEGER NOT NULL DEFAULT 0,
            total INTEGER,
            counts TEXT,
            reason TEXT,
            message TEXT,
            created_at TEXT NOT NULL,
            started_at TEXT,
            finished_at TEXT);
        CREATE INDEX jobs_state ON jobs(state);
        """;
}
