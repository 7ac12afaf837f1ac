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
